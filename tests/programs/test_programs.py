"""The programs of ``fixtures/programs``: each model at every moment is what real Keras made of it.

What Keras made is recorded beside the programs (``python -m tests.programs.recording``); real Keras is asked again for
one in eight of them.
"""

from __future__ import annotations

import pytest

from tests.programs.comparing import differences, recorded
from tests.programs.gaps import GAPS
from tests.programs.listing import names, record_of
from tests.programs.recording import VERSIONS, made_by_keras

SHARES = 8
CASES = [(name, version) for name in names() for version in VERSIONS]


def test_there_are_programs() -> None:
    assert len(names()) >= 150
    assert all(record_of(name).exists() for name in names())


@pytest.mark.parametrize(("name", "version"), CASES)
def test_a_program_is_as_keras_makes_it(name: str, version: str) -> None:
    found = [str(difference) for difference in differences(name, version, recorded(name, version))]
    if (name, version) in GAPS:
        assert found, f"{name} is analysed now: it leaves the list of gaps"
    else:
        assert found == []


@pytest.mark.tensorflow
@pytest.mark.parametrize("version", VERSIONS)
def test_a_share_of_the_records_is_what_keras_makes_today(version: str) -> None:
    share = names()[::SHARES]
    made = made_by_keras(version, share)
    for name in share:
        record = recorded(name, version)
        again = recorded(name, version, made[name])
        assert again == record, name

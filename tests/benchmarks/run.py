"""Prints the speed ratios that keraslint promises, each measured in one paired run of CPU time.

    python tests/benchmarks/run.py [--rounds 5] [--quick]

Needs the ``test`` extra. Ratios hold where absolute times do not: the two sides of each are run in turn.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
from tests.benchmarks.rules import share_of_rules  # noqa: E402  this file is run as a script

EXAMPLE = ROOT / "fixtures" / "models" / "my_model.py"
ENVIRONMENT = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages are compiled once, and not in every process

BUILDERS = {
    "convnext": ["ConvNeXtTiny", "ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge"],
    "densenet": ["DenseNet121", "DenseNet169", "DenseNet201"],
    "efficientnet": [f"EfficientNetB{size}" for size in range(8)],
    "efficientnet_v2": [f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")],
    "inception_resnet_v2": ["InceptionResNetV2"],
    "inception_v3": ["InceptionV3"],
    "mobilenet": ["MobileNet"],
    "mobilenet_v2": ["MobileNetV2"],
    "mobilenet_v3": ["MobileNetV3Small", "MobileNetV3Large"],
    "nasnet": ["NASNetMobile", "NASNetLarge"],
    "resnet": ["ResNet50", "ResNet101", "ResNet152"],
    "resnet_v2": ["ResNet50V2", "ResNet101V2", "ResNet152V2"],
    "vgg16": ["VGG16"],
    "vgg19": ["VGG19"],
    "xception": ["Xception"],
}


def cpu_of(command: Sequence[str]) -> float:
    """Return the CPU seconds, user and system, that a command and its children take."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def paired(ours: Sequence[str], theirs: Sequence[str], rounds: int) -> tuple[float, float, float]:
    """Return median CPU seconds of two commands run in turn, and the median of their ratios."""
    cpu_of(ours)
    pairs = [(cpu_of(ours), cpu_of(theirs)) for _ in range(rounds)]
    first, second = (statistics.median(side) for side in zip(*pairs, strict=True))
    return first, second, statistics.median(a / b for a, b in pairs)


def machine() -> str:
    """Return the description of the machine."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    return (
        f"{os.cpu_count()} cores ({names[0] if names else 'unnamed'}), CPython {sys.version.split()[0]}, {sys.platform}"
    )


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield an empty folder, with a cache of its own."""
    with tempfile.TemporaryDirectory(prefix="keraslint-benchmark-") as name:
        ENVIRONMENT["XDG_CACHE_HOME"] = f"{name}/cache"
        yield Path(name)


def copies(folder: Path, count: int) -> None:
    """Write a project of many files, each a model."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for number in range(count):
        path = folder / f"part{number // 50}" / f"model{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("32", str(32 + number % 7)), encoding="utf-8")


def cached(rounds: int) -> None:
    """Print what unchanged answers cost, for one file and for many, against starting Python."""
    script = shutil.which("keraslint", path=os.path.dirname(sys.executable)) or sys.exit(
        "keraslint is not installed here"
    )
    for count, goal in ((1, 3), (1000, 5)):
        with scratch() as folder:
            copies(folder, count)
            time.sleep(2.5)  # an answer about files that are younger is not kept
            line = [script, "check", "--exit-zero", str(folder / "part0/model0.py" if count == 1 else folder)]
            for _ in range(3):
                cpu_of(line)
            ours, theirs, ratio = paired(line, [sys.executable, "-c", "pass"], rounds)
            files = "1 file" if count == 1 else f"{count:,} files"
            print(
                f"cached, {files}: {1000 * ours:.0f} ms against Python's start {1000 * theirs:.0f} ms: {ratio:.1f}x (goal {goal}x)"
            )


def without_keras(rounds: int) -> None:
    """Print what a tree without Keras costs, the standard library, against ruff."""
    source = Path(sysconfig.get_path("stdlib"))
    with scratch() as folder:
        skipped = shutil.ignore_patterns("site-packages", "__pycache__", "*.so", "*.a", "config-*")
        shutil.copytree(source, folder / "tree", ignore=skipped)
        count = sum(1 for _ in folder.rglob("*.py"))
        ours, theirs, ratio = paired(
            [sys.executable, "-m", "keraslint", "check", "--no-cache", str(folder / "tree")],
            [
                sys.executable,
                "-m",
                "ruff",
                "check",
                "--isolated",
                "--no-cache",
                "--exit-zero",
                "--quiet",
                "--statistics",
                str(folder / "tree"),
            ],
            rounds,
        )
        print(f"{count:,} files without Keras, no cache: {ours:.2f} against ruff {theirs:.2f}: {ratio:.2f} (goal 0.5)")


def growth() -> None:
    """Print what twice the code costs, and the memory that many files take."""
    seconds = []
    for count in (200, 400):
        with scratch() as folder:
            copies(folder, count)
            seconds.append(
                cpu_of([sys.executable, "-m", "keraslint", "check", "--no-cache", "--jobs", "1", str(folder)])
            )
    print(f"400 files against 200: {seconds[1]:.2f} against {seconds[0]:.2f}: {seconds[1] / seconds[0]:.2f}x (goal 2x)")
    with scratch() as folder:
        copies(folder, 10_000)
        line = [sys.executable, "-m", "keraslint", "check", str(folder)]
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        peak = 0
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            fields = dict(row.split(":", 1) for row in status.read_text().splitlines())
            peak = max(peak, int(fields.get("VmHWM", "0 kB").split()[0]))
            time.sleep(0.1)
        print(f"10,000 files: {peak / 1024:.0f} MB at most in the parent process (goal 400)")


def keras_source() -> Path:
    """Return the folder that holds Keras' package, without importing it."""
    import importlib.util

    spec = importlib.util.find_spec("keras")
    if spec is None or spec.origin is None:
        sys.exit("keras is not installed: pip install -e '.[test]'")
    return Path(spec.origin).parents[1]


def timed(action: Callable[[], object]) -> float:
    """Return the CPU seconds that an action takes in this process."""
    start = time.process_time()
    action()
    return time.process_time() - start


def lowering(files: Sequence[Path]) -> tuple[float, float, float, int]:
    """Return CPU seconds of bare parses, of parses with lowering, of whole cold analyses, and the number of lines."""
    import libcst

    from keraslint.interp.analyse import Options, analyse_file
    from keraslint.source.parse import parse
    from keraslint.source.read import decode

    def read(path: str) -> bytes | None:
        return Path(path).read_bytes() if Path(path).is_file() else None

    bare = lowered = analysed = 0.0
    lines = 0
    gc.disable()
    for file in files:
        data = file.read_bytes()
        lines += data.count(b"\n")
        text = data.decode()
        bare += timed(lambda text=text: libcst.parse_module(text))  # type: ignore[misc]
        lowered += timed(lambda data=data, file=file: parse(decode(data, str(file))))  # type: ignore[misc]
        analysed += timed(lambda file=file: analyse_file(str(file), [], Options(read=read)))  # type: ignore[misc]
        gc.collect()
    gc.enable()
    return bare, lowered, analysed, lines


def main() -> None:
    """Print every ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--quick", action="store_true", help="leave out the builders of keras.applications and the 10,000 files"
    )
    options = parser.parse_args()
    python = sys.executable
    print(f"{machine()}; CPU seconds, medians of {options.rounds} pairs")

    cached(options.rounds)
    without_keras(options.rounds)
    if not options.quick:
        growth()
    ours, theirs, ratio = paired(
        [python, "-m", "keraslint", "summary", "--no-cache", str(EXAMPLE)], [python, str(EXAMPLE)], options.rounds
    )
    print(f"summary of the example, cold: {ours:.2f} against Keras {theirs:.2f}: {ratio:.3f} (goal 0.10)")

    source = keras_source()
    if not options.quick:
        targets = [
            f"keras/src/applications/{f}.py::{name}(weights=None)" for f, names in BUILDERS.items() for name in names
        ]
        command = [
            python,
            "-m",
            "keraslint",
            "summary",
            "--no-cache",
            "--jobs",
            "1",
            "--output-format",
            "json",
            "--target-keras",
            "3",
            "--root",
            str(source),
        ]
        build = "import keras\n" + "".join(
            f"keras.applications.{n}(weights=None)\n" for names in BUILDERS.values() for n in names
        )
        os.chdir(source)
        ours, theirs, ratio = paired(
            [*command, *(f"{source}/{target}" for target in targets)], [python, "-c", build], 1
        )
        print(
            f"{len(targets)} builders of keras.applications: {ours:.2f} against Keras {theirs:.2f}: 1/{1 / ratio:.0f} (goal 1/100)"
        )

    files = sorted((source / "keras" / "src" / "applications").glob("*.py"))
    bare, lowered, analysed, lines = lowering([file for file in files if not file.name.endswith("_test.py")])
    print(f"lowering: {(lowered - bare) / bare:.2f} of the parse's time (goal 0.5) over {lines} lines")
    share, _ = share_of_rules([file for file in files if not file.name.endswith("_test.py")])
    print(f"rules: {share:.2f} of the parse's time (goal 0.25)")
    print(f"cold lines per second: {bare / analysed:.2f} of bare libcst (goal 0.6), {lines / analysed:,.0f} lines/s")


if __name__ == "__main__":
    main()

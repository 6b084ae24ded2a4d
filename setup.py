"""Builds the native modules; everything else about the package stands in pyproject.toml.

Every `.pyx` under the folders below becomes an extension module. What runs on the server goes into a wheel; benchmarks,
the load tester's engine and harnesses of the tests are only ever built in place (`setup.py build_ext --inplace`).

Environment:
    NATIVE_WERROR=0        compiler warnings do not stop the build (for compilers newer than those we build with)
    NATIVE_MODULES=a,b     build only modules whose last name is in the list; an empty list builds none
    NATIVE_CFLAGS="..."    more compiler flags, for example -march=native or -g
"""

from __future__ import annotations

import fcntl
import os
import shlex
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).parent
SERVER = ("sfu",)
CHECKOUT_ONLY = ("benchmarks", "loadtest", "tests")
DIRECTIVES = {
    "language_level": 3,
    "boundscheck": False,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
    "embedsignature": True,
}
# Cython's own C code leaves unused functions and variables behind; in code of ours the same flags stay quiet too, and
# cython-lint looks for those in the .pyx.
COMPILER_FLAGS = ["-O3", "-Wall", "-Wno-unused-function", "-fno-strict-aliasing", "-pthread"]
JOBS = min(4, os.cpu_count() or 1)


def compiler_flags() -> list[str]:
    """The flags every module is compiled with; warnings are errors unless the environment says otherwise."""
    werror = [] if os.environ.get("NATIVE_WERROR") == "0" else ["-Werror"]
    return [*COMPILER_FLAGS, *werror, *shlex.split(os.environ.get("NATIVE_CFLAGS", ""))]


def native_modules(folders: tuple[str, ...]) -> list[Extension]:
    """One `Extension` for each `.pyx` found (or chosen by NATIVE_MODULES), in a stable order."""
    chosen = os.environ.get("NATIVE_MODULES")
    wanted = None if chosen is None else {name.strip() for name in chosen.split(",")}
    sources = sorted(path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.pyx"))
    flags = compiler_flags()
    return [
        Extension(
            ".".join(source.with_suffix("").parts),
            [str(source)],
            extra_compile_args=flags,
            extra_link_args=["-pthread"],
            libraries=["dl"],
        )
        for source in sources
        if wanted is None or source.stem in wanted
    ]


class BuildExt(build_ext):
    """`build_ext` that runs Cython first, so that commands which build nothing do not wait for it."""

    def initialize_options(self) -> None:
        super().initialize_options()
        self.parallel = JOBS

    def finalize_options(self) -> None:
        if self.inplace:
            # Apart from what a wheel takes up whole, so that nothing of the checkout alone gets into one.
            self.build_lib = "build/in_place"
            self.distribution.ext_modules = native_modules(SERVER + CHECKOUT_ONLY)
        modules = self.distribution.ext_modules or []
        # Two builds of one checkout at once would write the same files: the second waits, then finds nothing to do.
        (ROOT / "build").mkdir(exist_ok=True)
        self.lock = (ROOT / "build" / ".lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.distribution.ext_modules = cythonize(
            modules,
            compiler_directives=DIRECTIVES,
            include_path=[str(ROOT)],
            nthreads=JOBS if len(modules) > 1 else 0,
            quiet=not self.verbose,
        )
        super().finalize_options()


setup(ext_modules=native_modules(SERVER), cmdclass={"build_ext": BuildExt})

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does what docs/sdk/first-plugin.md says, in a folder of its own.

usage: first_plugin_test.py <cmake> <build folder of Sluice> <first-plugin.md>

Blocks after `<!-- file: NAME -->` are written, those after `<!-- run -->` are run. The block after `<!-- serve -->` needs
the server; where it is built, its configuration is validated and its plugin examined.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile


def blocks(text, mark):
    """(argument, body) of each fenced block that follows `<!-- mark ... -->`."""
    pattern = r"<!-- " + mark + r"(?:: (\S+))? -->\n```\w+\n(.*?)```\n"
    return re.findall(pattern, text, flags=re.DOTALL)


def run(command, folder, environment):
    print("$", command, flush=True)
    subprocess.run(["sh", "-euc", command], cwd=folder, env=environment, check=True)


def main():
    cmake, build, page = sys.argv[1:4]
    text = pathlib.Path(page).read_text()
    files, commands = blocks(text, "file"), blocks(text, "run")
    if len(files) < 5 or not commands:
        sys.exit(f"{page}: want files and commands, found {len(files)} and {len(commands)}")
    with tempfile.TemporaryDirectory() as home:
        folder = pathlib.Path(home, "hello")
        folder.mkdir()
        environment = dict(os.environ, HOME=home, CXX="g++-12")
        subprocess.run([cmake, "--install", build, "--component", "sdk", "--prefix", home + "/sluice-sdk"],
                       stdout=subprocess.DEVNULL, check=True)
        for name, body in files:
            (folder / name).write_text(body)
        for _, body in commands:
            run(body, folder, environment)
        server = pathlib.Path(build, "bin", "sluice")
        if server.exists():
            run(f"{server} check-plugin build/endpoint-hello.so", folder, environment)
            run(f"{server} validate -c hello.yaml", folder, environment)
    print("ok")


main()

"""A planted fault that a test must find: expect_red.py PLANT SCRIPT TEST [tool]

Planted in the daemons, or in the tool alone.

Passes when the test fails by one of its own promises while the fault is
planted. A test that stays green with it proves nothing.
"""
import os
import pathlib
import subprocess
import sys

plant, script, test, *where = sys.argv[1:]
variable = "LIENTHONG_TOOL_PLANT" if where == ["tool"] else "LIENTHONG_PLANT"
done = subprocess.run(
    [sys.executable, pathlib.Path(__file__).parent / f"{script}.py", test],
    env={**os.environ, variable: plant}, capture_output=True, text=True, timeout=280)
line = next((l for l in done.stdout.splitlines() if l.startswith(f"FAIL {test}: ")), None)
# Not in its preparation: the honest commune was measured, or the district ended
# (the log has its own guard against what a faulty engine hands it).
began = "  honest:" in done.stdout or "the district ended" in (line or "")
if done.returncode == 1 and line and began:
    print(f"red, as it must be: {line[:300]}")
    sys.exit(0)
print(f"{test} did not find {plant}: exit {done.returncode}\n{done.stdout[-3000:]}"
      f"{done.stderr[-2000:]}")
sys.exit(77 if done.returncode == 77 else 1)

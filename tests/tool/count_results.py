"""Add up JUnit files of ctest: what failed, with the end of what it said (a long
run's own place for it is far above), and as the last line the verdict of tests/run."""
import sys
import xml.etree.ElementTree as xml

SHOWN_TESTS, SHOWN_LINES, SHOWN_WIDTH = 8, 25, 400


def last_words(case):
    said = case.findtext("system-out") or case.findtext("failure") or ""
    for line in said.rstrip().splitlines()[-SHOWN_LINES:]:
        print(f"  | {line[:SHOWN_WIDTH]}")


passed = failed = skipped = 0
for path in sys.argv[1:]:
    try:
        suite = xml.parse(path).getroot()
    except (OSError, xml.ParseError) as error:
        print(f"no results in {path}: {error}")
        failed += 1
        continue
    for case in suite.iter("testcase"):
        status = case.get("status")
        if status == "run":
            passed += 1
        elif status in ("notrun", "disabled"):
            reason = case.find("skipped")
            text = reason.get("message", "") if reason is not None else ""
            skipped += 1
            print(f"skipped {case.get('name')}: {text}")
        else:
            failed += 1
            print(f"FAILED {case.get('name')}")
            if failed <= SHOWN_TESTS:
                last_words(case)
tail = f", {skipped} skipped" if skipped else ""
print(f"{passed} passed, {failed} failed{tail}")
sys.exit(0 if failed == 0 and passed > 0 else 1)

"""daemon/http/openapi.json is held against the server: the routes of the one
are those of the other, roles included, and answers are as they are described."""
import json
import re
import time

import harness
from harness import REPO, Tree, check, request_id, wait_until
from pages import RAISE, Browser, office, person, signed_in

DOCUMENT = json.loads((REPO / "daemon" / "http" / "openapi.json").read_text())
TABLE = (REPO / "daemon" / "http" / "route_table.h").read_text()
ROWS = re.findall(r'^X\((\w+), "([^"]+)", "([^"]+)",\s*(\w+),\s*(\w+)\)', TABLE, re.M)

TYPES = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list,
         "null": type(None), "number": (int, float)}


def is_of(value, name):
    return isinstance(value, TYPES[name]) and not (name == "integer" and isinstance(value, bool))


def faults(schema, value, at="$"):
    """What of @value is not as @schema says; the words of it that we use."""
    unknown = set(schema) - {"$ref", "allOf", "type", "enum", "const", "required", "properties",
                             "items", "additionalProperties", "pattern", "format", "minimum",
                             "maximum"}
    check(not unknown, f"this test does not know {unknown}")
    if "$ref" in schema:
        return faults(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], value, at)
    found = []
    for part in schema.get("allOf", []):
        found += faults(part, value, at)
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(is_of(value, n) for n in names):
        return found + [f"{at}: {value!r} is no {names}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r} is not {schema['const']}")
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} does not fit {schema['pattern']}")
    if isinstance(value, dict):
        found += [f"{at}: no {n}" for n in schema.get("required", []) if n not in value]
        more = schema.get("additionalProperties", {})
        for name, item in value.items():
            if name in schema.get("properties", {}):
                found += faults(schema["properties"][name], item, f"{at}.{name}")
            elif more is False:
                found.append(f"{at}: {name} is not described")
            elif isinstance(more, dict):
                found += faults(more, item, f"{at}.{name}")
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            found += faults(schema["items"], item, f"{at}[{i}]")
    return found


def routes_are_described():
    """Both ways, asked of the server itself: what is described is there, and a
    method that is not described is refused."""
    table = {(method.lower(), path) for method, path, *_ in ROWS}
    described = {(method, path) for path, of in DOCUMENT["paths"].items() for method in of}
    check(table == described, f"only one has {table ^ described}")
    check(len(table) > 35, f"only {len(table)} routes were found")
    with Tree() as tree:
        _, at = office(tree)
        person(tree.nodes["p"], "may", ["operator"], by="lan")
        stranger = Browser(at)
        check(stranger.api("GET", "/openapi.json", expect=200).json == DOCUMENT, "another document")
        for path, of in DOCUMENT["paths"].items():
            there = path.replace("{id}", "x").replace("{code}", "x").replace("{what}", "x").replace(
                "{name}", "x").replace("{event}", "x")
            for method in ("get", "post", "put", "delete"):
                answer = stranger.api(method.upper(), there, {} if method in ("post", "put") else None)
                if method not in of:
                    check(answer.status == 405, f"{method} {path} is not described: {answer}")
                elif of[method].get("security"):
                    check(answer.status == 401, f"{method} {path}: {answer}")
                else:
                    check(answer.status not in (404, 405), f"{method} {path}: {answer}")


def schema_of(method, path, status):
    answers = DOCUMENT["paths"][path][method]["responses"]
    check(str(status) in answers, f"{method} {path}: {status} is not described")
    content = answers[str(status)].get("content")
    return content and content["application/json"]["schema"]


def answers_are_as_described():
    with Tree() as tree:
        node, at = office(tree)
        page = signed_in(at)
        asked = set()

        def ask(method, pattern, body=None, expect=200, query="", **names):
            path = pattern
            for name, value in names.items():
                path = path.replace("{%s}" % name, value)
            answer = page.api(method, path + query, body, expect=expect, key=request_id())
            schema = schema_of(method.lower(), pattern, expect)
            bad = faults(schema, answer.json) if schema else []
            check(not bad, f"{method} {path}: {bad[:5]}")
            if body is not None:
                request = DOCUMENT["paths"][pattern][method.lower()].get("requestBody")
                bad = faults(request["content"]["application/json"]["schema"], body) if request else []
                check(not bad, f"{method} {path} was asked with what is not described: {bad}")
            asked.add((method.lower(), pattern))
            return answer.json if answer.body else None

        case = ask("POST", "/cases", {"type": "complaint", "field": "land", "text": "x"}, 201)
        ask("POST", "/cases/{id}/steps", {"kind": "accepted"}, id=case["id"])
        incident = ask("POST", "/incidents", RAISE, 201)
        ask("POST", "/incidents/{id}/take", {}, id=incident["id"])
        ask("POST", "/incidents/{id}/update", {"people": 20}, id=incident["id"])
        ask("POST", "/incidents/{id}/close", {"reason": "left"}, id=incident["id"])
        below = node.ok("token", "--name", "Xã Tân Bình", "--kind", "commune")["office"]
        wait_until(lambda: below in [o["id"] for o in ask("GET", "/offices")["items"]], "the office")
        issued = ask("POST", "/directives", {"to": [below], "doc_no": "1/CT", "text": "x"}, 201)
        spare = ask("POST", "/cases", {"type": "feedback", "field": "land"}, 201)
        ask("POST", "/events/{id}/void", {"reason": "nhầm"}, id=spare["id"])
        day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600))
        shift = ask("POST", "/shifts", {"date": day, "at": "00:10", "end": "23:50", "kind": "leader",
                                        "name": "Nguyễn Thị Lan", "phone": "0276 3822 009"}, 201)
        ask("POST", "/shifts/{id}/swap", {"name": "Trần Văn Dũng", "phone": "0276 3822 001"},
            id=shift["id"])
        on = ask("GET", "/shifts", query="?open=1")["items"]
        check([s["person"] for s in on] == ["Trần Văn Dũng"], on)
        ask("GET", "/shifts/{id}", id=shift["id"])
        ask("POST", "/shifts/{id}/hand-over", {"text": "hai lượt hẹn chiều nay"}, id=shift["id"])
        period = ask("POST", "/periods", {"name": "Kỳ họp", "from_date": day, "until": day,
                                          "all_below": True}, 201)
        shown = ask("GET", "/periods/{id}", id=period["id"])
        check([to["office"] for to in shown["to"]] == [below], shown)
        ask("GET", "/summary", query=f"?period={period['id']}")
        ask("POST", "/periods/{id}/end", {}, id=period["id"])
        force = ask("POST", "/taskforces", {"name": "Tổ công tác", "from_date": day, "until": day,
                                            "to": [below], "doc_no": "2/QĐ"}, 201)
        ask("GET", "/taskforces/{id}", id=force["id"])
        force = ask("POST", "/taskforces/{id}/change", {"to": [below], "doc_no": "3/QĐ"},
                    id=force["id"])
        wait_until(lambda: [f["id"] for f in ask("GET", "/taskforces", query="?open=1")["items"]]
                   == [force["event"]], "the one in its place")
        ask("POST", "/taskforces/{id}/end", {}, id=force["event"])
        dated = ask("POST", "/directives", {"to": [below], "doc_no": "4/CT", "text": "x",
                                            "due": day}, 201)
        later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 9 * 86400))
        ask("POST", "/directives/{id}/extend", {"due": later}, id=dated["id"])
        ask("POST", "/directives/{id}/close", {"next": issued["id"]}, id=dated["id"])
        wait_until(lambda: ask("GET", "/directives/{id}", id=dated["id"])["ended"] == "replaced",
                   "its end")
        turn = ask("POST", "/receptions", {"kind": "regular", "people": 2, "field": "land"}, 201)
        wait_until(lambda: ask("GET", "/receptions")["items"], "the reception")
        ask("POST", "/receptions/{id}/take-back", {}, id=turn["event"])
        ask("POST", "/suspensions", {"office": below, "reason": "khóa lộ"}, 201)
        wait_until(lambda: page.api("POST", "/suspensions/end", {"office": below},
                                    key=request_id()).status == 200, "the door to open again")
        wanted = ask("POST", "/requests", {"to": [below], "kind": "documents", "due": day,
                                           "text": "hồ sơ giao đất"}, 201)
        ask("GET", "/requests/{id}", id=wanted["id"])
        report = ask("POST", "/notices", {"to": [below], "kind": "report", "text": "đã xong"}, 201)
        ask("GET", "/notices/{id}", id=report["id"])
        text = ask("POST", "/cases", {"type": "feedback", "field": "land", "text": "mương"}, 201)
        ask("POST", "/events/{id}/flag", {}, id=text["event"])
        wait_until(lambda: ask("GET", "/flags")["items"], "the flag")
        ask("POST", "/events/{id}/replace", {"text": "mương lấp"}, id=text["event"])
        ask("POST", "/audit/taken", {"what": "overdue"}, 204)
        taken = ask("GET", "/audit")["items"][-1]
        check((taken["who"], taken["what"], taken["about"]) == ("lan", "table_taken", "overdue"),
              taken)
        check(page.api("POST", "/audit/taken", {"what": "Ông A"}).status in (400, 422), "any word")
        for pattern in ("/status", "/offices", "/cases", "/incidents", "/directives", "/log",
                        "/today", "/people", "/session", "/shifts", "/periods",
                        "/taskforces", "/requests", "/notices", "/retaliations", "/summary"):
            ask("GET", pattern)
        ask("GET", "/cases/{id}", id=case["id"])
        ask("GET", "/incidents/{id}", id=incident["id"])
        ask("GET", "/directives/{id}", id=issued["id"])
        ask("GET", "/receipts/{code}", code=case["receipt_code"])
        ask("GET", "/explain/{what}", what=case["id"])
        ask("POST", "/cases/{id}/close", {"reason": "settled"}, id=case["id"])
        told = ask("POST", "/people", {"name": "moi", "shown": "Mới", "roles": ["officer"],
                                       "password": "mot mat khau dai"}, 201)
        ask("PUT", "/people/{name}", {"shown": "Người mới"}, name=told["name"])
        ask("POST", "/incidents", RAISE, 201)
        wait_until(lambda: ask("GET", "/session/crowds")["untaken"] == 1, "the crowd to be counted")
        ask("POST", "/session/lock", {}, 204)
        # A locked session is told how many crowds wait, and nothing else.
        check(ask("GET", "/session/crowds") == {"untaken": 1}, "crowds of a locked session")
        for pattern in DOCUMENT["paths"]:
            if "get" in DOCUMENT["paths"][pattern] and pattern not in (
                    "/session", "/session/crowds", "/openapi.json"):
                told = page.api("GET", re.sub(r"\{\w+\}", "x", pattern))
                check(told.status == 423, f"a locked session asks {pattern}: {told.status}")
        ask("POST", "/session/unlock", {"pin": "2580"})
        refusal = page.api("GET", "/cases/nothing").json
        bad = faults({"$ref": "#/components/schemas/Problem"}, refusal)
        check(not bad, f"a refusal: {bad}")
        check(len(asked) >= 50, f"only {len(asked)} were asked")
        # The judge itself: what is not as described is found.
        check(faults({"$ref": "#/components/schemas/Incident"}, {"id": 1}), "nothing was found")


if __name__ == "__main__":
    harness.main({"routes_are_described": routes_are_described,
                  "answers_are_as_described": answers_are_as_described})

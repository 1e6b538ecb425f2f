"""Files into the program: an assembler file that includes their bytes, and the
table that names them.

  embed.py --out FOLDER --web FOLDER FILE...

Each FILE is PATH=FILE, or a file below the web folder. The same input gives the
same output, byte for byte: gzip carries no name and no time.
"""
import argparse
import gzip
import hashlib
import pathlib

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
         ".json": "application/json", ".txt": "text/plain; charset=utf-8",
         ".woff2": "font/woff2"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--web", required=True, type=pathlib.Path)
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    rows, code = [], ['    .section .rodata']
    for number, given in enumerate(sorted(args.files)):
        name, _, file = given.partition("=")
        file = pathlib.Path(file or name)
        name = name if "=" in given else file.relative_to(args.web).as_posix()
        content = file.read_bytes()
        packed = gzip.compress(content, 9, mtime=0)
        small = args.out / f"asset_{number}.gz"
        small.write_bytes(packed if len(packed) < len(content) else b"")
        symbol = f"f{number}"
        rows.append(f'X({symbol}, "{name}", "{TYPES[file.suffix]}", '
                    f'"\\"{hashlib.sha256(content).hexdigest()}\\"")')
        for suffix, source in (("", file), ("_gzip", small)):
            code += [f"    .balign 16", f"    .global lt_asset_{symbol}{suffix}_begin",
                     f"lt_asset_{symbol}{suffix}_begin:",
                     f'    .incbin "{source.resolve()}"' if source.stat().st_size else "",
                     f"    .global lt_asset_{symbol}{suffix}_end",
                     f"lt_asset_{symbol}{suffix}_end:", "    .byte 0"]
    code.append('    .section .note.GNU-stack,"",%progbits')
    (args.out / "asset_table.h").write_text("\n".join(rows) + "\n")
    (args.out / "asset_data.S").write_text("\n".join(code) + "\n")


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints Sources/X86Engine/HandlerTables.swift: a function for each operation, shape, address form and operand size.

A C function pointer can be made of a function that is not generic, so each instance of the handlers' generic bodies
needs a name. `make handlers` writes the file; nobody edits it.
"""

SIZES = {8: "UInt8", 16: "UInt16", 32: "UInt32", 64: "UInt64"}
FORMS = {"B": "BaseAddress", "X": "IndexedAddress", "S": "SegmentedAddress"}

functions: list[str] = []
tables: list[str] = []


def function(name: str, body: str) -> str:
    functions.append(
        f"@inline(__always) private func {name}(_ c: Pointer, _ o: Pointer) -> Pointer? {{ {body} }}"
    )
    return name


def by_size(name: str, call: str) -> str:
    """`call` has `{T}` where the type of the operand goes."""
    names = [function(f"{name}{bits}", call.format(T=f"{type}.self")) for bits, type in SIZES.items()]
    return f"BySize({', '.join(names)})"


def by_address(name: str, call: str) -> str:
    """`call` has `{A}` where the address form goes, too."""
    forms = [by_size(name + key, call.replace("{A}", f"{form}.self")) for key, form in FORMS.items()]
    return f"ByAddress(base: {forms[0]}, indexed: {forms[1]}, segmented: {forms[2]})"


def table(name: str, value: str) -> None:
    tables.append(f"    static let {name} = {value}")


# Arithmetic

ARITHMETIC = {
    "add": "IntAdd", "or": "Or", "addWithCarry": "AddWithCarry", "subtractWithBorrow": "SubtractWithBorrow",
    "and": "And", "subtract": "IntSubtract", "xor": "Xor", "compare": "Compare", "test": "Test",
}
READERS = {"addWithCarry", "subtractWithBorrow", "compare", "test"}
for name, operation in ARITHMETIC.items():
    live = {
        "rr": by_size(f"{name}RR", f"rr(c, o, {operation}.self, {{T}})"),
        "ri": by_size(f"{name}RI", f"ri(c, o, {operation}.self, {{T}})"),
        "rm": by_address(f"{name}RM", f"rm(c, o, {operation}.self, {{A}}, {{T}})"),
        "mr": by_address(f"{name}MR", f"mr(c, o, {operation}.self, {{A}}, {{T}})"),
        "mi": by_address(f"{name}MI", f"mi(c, o, {operation}.self, {{A}}, {{T}})"),
    }
    dead = {key: live[key] for key in ("rr", "ri", "rm")}
    if name not in READERS:
        dead = {
            "rr": by_size(f"{name}RRDead", f"rr(c, o, Dead<{operation}>.self, {{T}})"),
            "ri": by_size(f"{name}RIDead", f"ri(c, o, Dead<{operation}>.self, {{T}})"),
            "rm": by_address(f"{name}RMDead", f"rm(c, o, Dead<{operation}>.self, {{A}}, {{T}})"),
        }
    fields = [f"{key}: {value}" for key, value in live.items()]
    fields += [f"{key}Dead: {value}" for key, value in dead.items()]
    table(name, "ArithmeticForms(\n        " + ",\n        ".join(fields) + ")")
tables.append(
    "    static let arithmetic: [ArithmeticForms] = [\n"
    "        add, or, addWithCarry, subtractWithBorrow, and, subtract, xor, compare]")

# The cases of `KnownFlags`.
WRITERS = ("none", "sub", "logic", "add", "result")

for name, operation in {"increment": "Increment", "decrement": "Decrement", "not": "Not", "negate": "Negate"}.items():
    table(f"{name}M", by_address(f"{name}M", f"unaryM(c, o, {operation}.self, {{A}}, {{T}})"))
for name, operation in {"not": "Not", "negate": "Negate"}.items():
    table(f"{name}R", by_size(f"{name}R", f"unaryR(c, o, {operation}.self, {{T}})"))
for name, kind in {"increment": "inc", "decrement": "dec"}.items():
    rows = [by_size(f"{name}R{writer.title()}", f"stepR(c, o, {{T}}, FlagKind.{kind}, .{writer})") for writer in WRITERS]
    tables.append(f"    /// By `KnownFlags`.\n    static let {name}R: [BySize] = [\n        " + ",\n        ".join(rows) + "]")

for shape in ("RR", "RM", "RRI", "RMI"):
    table(f"imul{shape}", by_size(f"imul{shape}", f"imul{shape}(c, o, {{T}}, live: true)"))
    table(f"imul{shape}Dead", by_size(f"imul{shape}Dead", f"imul{shape}(c, o, {{T}}, live: false)"))
for name in ("multiply", "divide"):
    for sign, signed in (("", "false"), ("Signed", "true")):
        for shape in "RM":
            table(
                f"{name}{sign}{shape}",
                by_size(f"{name}{sign}{shape}", f"{name}{shape}(c, o, {{T}}, isSigned: {signed})"))

# Shifts, in the order of the manual's opcode extension

SHIFTS = {
    "rotateLeft": "RotateLeft", "rotateRight": "RotateRight", "rotateLeftCarry": "RotateLeftCarry",
    "rotateRightCarry": "RotateRightCarry", "shiftLeft": "ShiftLeft", "shiftRight": "ShiftRight",
    "shiftArithmetic": "ShiftArithmetic",
}
for shape in ("RI", "RC", "M"):
    for dead in ("", "Dead") if shape != "M" else ("",):
        names = []
        for name, operation in SHIFTS.items():
            operation = f"DeadShift<{operation}>" if dead else operation
            names.append(f"{name}{shape}{dead}")
            table(names[-1], by_size(names[-1], f"shift{shape}(c, o, {operation}.self, {{T}})"))
        names.insert(6, names[4])
        tables.append(f"    static let shift{shape}{dead}: [BySize] = [\n        {', '.join(names)}]")
for side in ("Left", "Right"):
    for shape in "RM":
        name = f"doubleShift{side}{shape}"
        table(name, by_size(name, f"doubleShift{shape}(c, o, {{T}}, left: {str(side == 'Left').lower()})"))

# Moves

for name, call in {"RR": "moveRR", "RI": "moveRI"}.items():
    table(f"move{name}", by_size(f"move{name}", f"{call}(c, o, {{T}})"))
for name in ("RM", "MR", "MI"):
    table(f"move{name}", by_address(f"move{name}", f"move{name}(c, o, {{A}}, {{T}})"))
table("lea", by_size("lea", "lea(c, o, {T})"))
table("leaBase", by_size("leaBase", "leaBase(c, o, {T})"))
table("leaNarrow", by_size("leaNarrow", "leaNarrow(c, o, {T})"))
table("cmovRR", by_size("cmovRR", "cmovRR(c, o, {T})"))
# The conditions that the kind of writer makes simple: for each writer, by condition. The others are as with an unknown writer.
SIMPLE = {"none": set(), "sub": {1, 2, 3, 4, 6, 7}, "logic": {0, 1, 2, 3, 4, 6, 7}, "add": {1, 2, 3, 4}, "result": {2, 4}}
for name, call, unknown in (
    ("cmovDouble", "cmovKnown(c, o, UInt32.self, {0}, .{1})", "cmovRR32"),
    ("cmovQuad", "cmovKnown(c, o, UInt64.self, {0}, .{1})", "cmovRR64"),
    ("setcc", "setccKnown(c, o, {0}, .{1})", "setccR"),
    ("jumpIf", "jumpIf(c, o, {0}, .{1})", None),
):
    rows = []
    fallback = [unknown or function(f"{name}{code}", call.format(code, "none")) for code in range(16)]
    for writer in WRITERS:
        names = [
            function(f"{name}{writer.title()}{code}", call.format(code, writer))
            if code >> 1 in SIMPLE[writer] else fallback[code]
            for code in range(16)
        ]
        rows.append(f"[{', '.join(names)}]")
    tables.append(f"    /// By `KnownFlags`, then condition.\n    static let {name}: [[Handler]] = [\n        " + ",\n        ".join(rows) + "]")
table("cmovRM", by_size("cmovRM", "cmovRM(c, o, {T})"))
table("bitTestRR", by_size("bitTestRR", "bitTestRR(c, o, {T})"))
table("bitTestRI", by_size("bitTestRI", "bitTestRI(c, o, {T})"))
for kind, prefix, letter in (("zero", "extend", "U"), ("sign", "signExtend", "")):
    for bits in (8, 16, 32):
        source = f"{letter}Int{bits}.self"
        name = f"{kind}Extend{bits}"
        table(f"{name}RR", by_size(f"{name}RR", f"{prefix}RR(c, o, {{T}}, from: {source})"))
        table(f"{name}RM", by_address(f"{name}RM", f"{prefix}RM(c, o, {{A}}, {{T}}, from: {source})"))

# Conditional jumps behind a comparison or test, in one op with it

for kind in ("compare", "test"):
    for shape in ("RR", "RI", "MI", "MR"):
        rows = []
        for code in range(16):
            # Overflow and parity are not worth it.
            if code in (0, 1, 10, 11):
                rows.append("nil")
                continue
            name = f"{kind}Jump{shape}C{code}For"
            rows.append(by_size(name, f"{kind}Jump{shape}(c, o, {{T}}, {code})"))
        tables.append(f"    static let {kind}Jump{shape}: [BySize?] = [\n        " + ",\n        ".join(rows) + "]")

print("// SPDX-License-Identifier: Apache-2.0")
print("// swift-format-ignore-file")
print()
print("// Printed by Scripts/handlers.py: the instances of the handlers' generic bodies, and tables of them.")
print()
print("enum Handlers {")
print("\n".join(tables))
print("}")
print()
print("\n".join(functions))

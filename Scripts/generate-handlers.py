#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes Sources/X86Engine/IntegerHandlers.swift: one closure per operation, operand size and shape.

A C function pointer cannot come from a generic function in Swift, so each instance is spelled out.
"""
SIZES = ["UInt8", "UInt16", "UInt32", "UInt64"]
out = ["// SPDX-License-Identifier: Apache-2.0", "", "// Written by Scripts/generate-handlers.py.", "",
       "/// A handler for each operand size.", "struct SizedHandlers {",
       "    let byte, word, dword, qword: Handler", "",
       "    subscript(size size: UInt8) -> Handler {",
       "        size == 1 ? byte : size == 2 ? word : size == 4 ? dword : qword", "    }", "}", "",
       "/// Register and memory shapes of an operation with two operands.", "struct BinaryHandlers {",
       "    let rr, ri, rm, mr, mi: SizedHandlers", "}", "",
       "struct UnaryHandlers {", "    let r, m: SizedHandlers", "}", "", "enum IntegerHandlers {"]

def sized(body, extra=""):
    names = ["byte", "word", "dword", "qword"]
    return "SizedHandlers(\n" + ",\n".join(
        f"            {n}: {{ c, o in {body}(c, o, {extra}{t}.self) }}" for n, t in zip(names, SIZES)) + ")"

for op in "Add Or Adc Sbb And Sub Xor Cmp Test".split():
    shapes = ",\n".join(f"        {s}: {sized('binary' + s.upper(), 'Int' + op + '.self, ')}" for s in "rr ri rm mr mi".split())
    out.append(f"    static let {op.lower()} = BinaryHandlers(\n{shapes})")
for op in "Inc Dec Neg Not".split():
    shapes = ",\n".join(f"        {s}: {sized('unary' + s.upper(), 'Int' + op + '.self, ')}" for s in "rm")
    out.append(f"    static let {op.lower()} = UnaryHandlers(\n{shapes})")
for op in "Rol Ror Rcl Rcr Shl Shr Sar".split():
    shapes = ",\n".join(f"        {s}: {sized('shift' + s.upper(), 'Int' + op + '.self, ')}" for s in "rm")
    out.append(f"    static let {op.lower()} = UnaryHandlers(\n{shapes})")
for name in "movRR movRI movRM movMR movMI leaR xchgRR xchgMR cmovRR cmovRM imulRR imulRM imulRRI imulRMI".split():
    out.append(f"    static let {name} = {sized('X86Engine.' + name)}")
for src in "UInt8 UInt16 UInt32 Int8 Int16 Int32".split():
    for s in "RM":
        out.append(f"    static let extend{src}{s} = {sized('X86Engine.extend' + s, src + '.self, ')}")
out += ["}", ""]
open("Sources/X86Engine/IntegerHandlers.swift", "w").write("\n".join(out))

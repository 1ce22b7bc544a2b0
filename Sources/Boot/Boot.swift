// SPDX-License-Identifier: Apache-2.0

// Boot: what a trust domain finds in its memory at its first instruction, as values made of bytes.
//
// A `LaunchPlan` says which pages are added in which order, where memory is, and what the vCPUs are handed. There are three
// ways to one: `FirmwareImage` (anyone's TDVF), `LinuxBootPlan` (our shim, then a stock kernel by the 64-bit boot protocol)
// and `FlatGuest` (our shim, then a program of our own; `BuiltInGuest` is one). `MeasurementCalculator` computes the `MRTD`
// that the module will come to. Nothing here does I/O; files from outside are refused by `BootError`, which names the field.

// SPDX-License-Identifier: Apache-2.0
//
// The C side of the door: takes the C library's calls on descriptors of ours, and leaves all others to the system.
// See KVMDoor, which has the other side.

#ifndef CKVMDOOR_H
#define CKVMDOOR_H

#include <stdint.h>

/// What a descriptor of ours stands for.
enum door_kind { DOOR_SYSTEM = 1, DOOR_VM, DOOR_VCPU, DOOR_GUEST_MEMORY };

/// Gives a file of KVMDoor a descriptor, closed on exec.
///
/// `shared` is the descriptor of memory to be mapped through it, or -1; `size` is what fstat(2) says of one that has none.
/// Returns the descriptor or a negated error number.
int door_publish(int32_t file, enum door_kind kind, int shared, uint64_t size);

/// Zeroed memory with a descriptor, to be published with a vCPU; returns the descriptor or a negated error number.
int door_make_shared(uint64_t size, void **base);
/// Gives such memory up.
void door_free_shared(int descriptor, void *base, uint64_t size);

/// The file that a descriptor of the program means, or 0 when it is none of ours.
int32_t door_file(int descriptor);

#endif

/* Device registers by kernel address.  Accesses are strongly ordered among each other by the memory's attributes (I/O
 * region); nothing here orders them with ordinary memory, which the kernel's own devices never read. */
#pragma once
#include <stdint.h>

static inline uint8_t mmio_read8(uint64_t at) { return *(volatile uint8_t *)at; }
static inline uint16_t mmio_read16(uint64_t at) { return *(volatile uint16_t *)at; }
static inline uint32_t mmio_read32(uint64_t at) { return *(volatile uint32_t *)at; }
static inline void mmio_write8(uint64_t at, uint8_t value) { *(volatile uint8_t *)at = value; }
static inline void mmio_write16(uint64_t at, uint16_t value) { *(volatile uint16_t *)at = value; }
static inline void mmio_write32(uint64_t at, uint32_t value) { *(volatile uint32_t *)at = value; }

/* The methods of lib/proto/memory.capnp and pager.capnp; `self` is the caller's session. */
#pragma once

#include "servers/memory/session.h"

#include <isthmus/proto/memory.h>
#include <isthmus/proto/pager.h>

/* serve_space.c */
enum isthmus_error serve_space_create(void *self, uint64_t badge, uint64_t limit, uint64_t low, uint64_t high,
				      uint64_t *out_space, isthmus_slot *out_task, isthmus_slot *out_pool);
enum isthmus_error serve_space_adopt(void *self, uint64_t badge, uint64_t low, uint64_t high, isthmus_slot task,
				     uint64_t *out_space);
enum isthmus_error serve_space_map(void *self, uint64_t badge, uint64_t space, uint64_t address, uint64_t length,
				   uint64_t object, uint64_t offset, uint32_t prot, uint32_t flags,
				   uint64_t *out_address);
enum isthmus_error serve_space_unmap(void *self, uint64_t badge, uint64_t space, uint64_t address, uint64_t length);
enum isthmus_error serve_space_protect(void *self, uint64_t badge, uint64_t space, uint64_t address, uint64_t length,
				       uint32_t prot);
enum isthmus_error serve_space_fork(void *self, uint64_t badge, uint64_t space, uint64_t limit, uint64_t *out_child,
				    isthmus_slot *out_task, isthmus_slot *out_pool);
enum isthmus_error serve_space_clear(void *self, uint64_t badge, uint64_t space, uint64_t keep, uint64_t keep_length);
enum isthmus_error serve_space_destroy(void *self, uint64_t badge, uint64_t space);
enum isthmus_error serve_space_limit(void *self, uint64_t badge, uint64_t space, uint64_t limit);
enum isthmus_error serve_space_info(void *self, uint64_t badge, uint64_t space, uint64_t *out_used,
				    uint64_t *out_limit, uint64_t *out_regions, uint64_t *out_tables);
enum isthmus_error serve_space_give(void *self, uint64_t badge, uint64_t space, uint64_t cells, uint64_t frames);
enum isthmus_error serve_space_frame(void *self, uint64_t badge, uint64_t space, uint64_t address, bool write,
				     isthmus_slot *out_frame);

/* serve_object.c */
enum isthmus_error serve_object_create(void *self, uint64_t badge, uint64_t pages, uint64_t *out_object);
enum isthmus_error serve_object_resize(void *self, uint64_t badge, uint64_t object, uint64_t pages);
enum isthmus_error serve_object_destroy(void *self, uint64_t badge, uint64_t object);
enum isthmus_error serve_object_info(void *self, uint64_t badge, uint64_t object, uint64_t *out_pages,
				     uint64_t *out_resident);
enum isthmus_error serve_object_share(void *self, uint64_t badge, uint64_t object, uint32_t prot,
				      isthmus_slot *out_share);
enum isthmus_error serve_object_open(void *self, uint64_t badge, isthmus_slot share, uint64_t *out_object,
				     uint64_t *out_pages);
enum isthmus_error serve_object_pager(void *self, uint64_t badge, uint64_t object, uint64_t cookie);
enum isthmus_error serve_pager_wait(void *self, uint64_t badge, uint64_t *out_cookie, uint64_t *out_index,
				    bool *out_write);
enum isthmus_error serve_pager_poll(void *self, uint64_t badge, uint64_t *out_cookie, uint64_t *out_index,
				    bool *out_write);
enum isthmus_error serve_pager_notify(void *self, uint64_t badge, isthmus_slot ready);
enum isthmus_error serve_pager_supply(void *self, uint64_t badge, uint64_t object, uint64_t index, uint64_t space,
				      uint64_t address);
enum isthmus_error serve_pager_fail(void *self, uint64_t badge, uint64_t object, uint64_t index);

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree that the kernel makes of an initrd: do_name(), do_symlink() and what they call (init/initramfs.c, 6.12). */
#include "initrd/rootfs.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/hash.h"

#define LINKS_MOST 40 /* MAXSYMLINKS of fs/namei.c */

/*
 * Names that are walked because a link says so, in all: an archive of a gigabyte could else ask for 10^12. What real
 * initrds need is a few for each entry.
 */
#define STEPS_MOST (1ULL << 28)

/* ---- memory ---- */

static void *rootfs_alloc(struct rootfs *fs, size_t size)
{
	if (size > fs->memory_most - fs->memory)
		return NULL;
	fs->memory += size;
	return arena_alloc(&fs->arena, size);
}

static struct kimg_error *short_of_memory(const struct rootfs *fs)
{
	if (fs->memory_most - fs->memory >= 4096)
		return error_nomem();
	return error_new(KIMG_E_LIMIT, "the tree needs more than the limit of %ju bytes of memory",
			 (uintmax_t)fs->memory_most);
}

/* ---- the table of names ---- */

static uint64_t hash_of(const struct rootfs *fs, const struct rootfs_node *folder, struct span name)
{
	return hash_span(fs->seed ^ (uintptr_t)folder, name);
}

static struct rootfs_node *child(const struct rootfs *fs, const struct rootfs_node *folder,
				 struct span name)
{
	uint64_t hash = hash_of(fs, folder, name);
	struct rootfs_node *node = fs->table[hash & (fs->buckets - 1)];

	while (node &&
	       (node->hash != hash || node->parent != folder || !span_equal(node->name, name)))
		node = node->chain;
	return node;
}

static bool grow(struct rootfs *fs)
{
	size_t buckets = fs->buckets ? fs->buckets * 2 : 1024;
	struct rootfs_node **table;

	if (buckets * sizeof(*table) > fs->memory_most - fs->memory)
		return false;
	table = calloc(buckets, sizeof(*table));
	if (!table)
		return false;
	for (size_t i = 0; i < fs->buckets; i++)
		for (struct rootfs_node *node = fs->table[i], *chain; node; node = chain) {
			struct rootfs_node **bucket = &table[node->hash & (buckets - 1)];

			chain = node->chain;
			node->chain = *bucket;
			*bucket = node;
		}
	fs->memory += (buckets - fs->buckets) * sizeof(*table);
	free(fs->table);
	fs->table = table;
	fs->buckets = buckets;
	return true;
}

static void add_name(struct rootfs_node *node, struct rootfs_file *file)
{
	node->file = file;
	node->next_name = file->names;
	file->names = node;
}

static struct rootfs_node *add_node(struct rootfs *fs, struct rootfs_node *folder, struct span name,
				    struct rootfs_file *file)
{
	struct rootfs_node *node, **bucket;

	if (fs->count >= fs->buckets && !grow(fs))
		return NULL;
	node = rootfs_alloc(fs, sizeof(*node));
	if (!node)
		return NULL;
	node->parent = folder;
	node->name = name;
	node->hash = hash_of(fs, folder, name);
	add_name(node, file);
	node->previous = folder->last;
	*(folder->last ? &folder->last->next : &folder->first) = node;
	folder->last = node;
	bucket = &fs->table[node->hash & (fs->buckets - 1)];
	node->chain = *bucket;
	*bucket = node;
	fs->count++;
	return node;
}

static void remove_node(struct rootfs *fs, struct rootfs_node *node)
{
	struct rootfs_node **at = &fs->table[node->hash & (fs->buckets - 1)], **name;
	struct rootfs_node *folder = node->parent;

	while (*at != node)
		at = &(*at)->chain;
	*at = node->chain;
	*(node->previous ? &node->previous->next : &folder->first) = node->next;
	*(node->next ? &node->next->previous : &folder->last) = node->previous;
	for (name = &node->file->names; *name != node;)
		name = &(*name)->next_name;
	*name = node->next_name;
	node->gone = true;
	fs->count--;
}

/* ---- paths ---- */

/* Where a path leads: to node, or to where a node of that name would stand. */
struct place {
	struct rootfs_node *folder; /* NULL: the path ends in "." or "..", or is the root */
	struct span name;
	struct rootfs_node *node;
	const char *why; /* it leads nowhere; NULL else */
};

static struct place nowhere(const char *why)
{
	return (struct place){ .why = why };
}

static struct span next_name(struct span *path)
{
	struct span name;
	size_t n = 0;

	while (path->n && path->p[0] == '/')
		*path = span_from(*path, 1);
	while (n < path->n && path->p[n] != '/')
		n++;
	name = span_of(path->p, n);
	*path = span_from(*path, n);
	return name;
}

/* So that what is left of a path is empty where no name is left. */
static struct span without_last_slashes(struct span path)
{
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

/* A walk along a path; the targets of links that are being followed lie one above the other. */
struct walk {
	struct rootfs *fs;
	struct rootfs_node *at;
	struct span rest[LINKS_MOST + 1];
	int depth;
	int links;
};

static bool enter_link(struct walk *w, const struct rootfs_file *file)
{
	if (++w->links > LINKS_MOST)
		return false;
	if (file->target.n && file->target.p[0] == '/')
		w->at = w->fs->root;
	/* A path that is used up needs no place: so links at the end of links are no deeper. */
	if (w->rest[w->depth].n == 0 && w->depth > 0)
		w->depth--;
	w->rest[++w->depth] = without_last_slashes(file->target);
	return true;
}

/* Whether nothing is left to walk, in any of the paths. */
static bool is_last(const struct walk *w)
{
	for (int i = w->depth; i >= 0; i--)
		if (w->rest[i].n)
			return false;
	return true;
}

static bool is_dots(struct span name)
{
	return span_equal(name, SPAN_LITERAL(".")) || span_equal(name, SPAN_LITERAL(".."));
}

/* One name of the path. *ret_done: place tells where it ends. */
static struct place step(struct walk *w, struct span name, bool follow, bool *ret_done)
{
	bool last = is_last(w);
	struct rootfs_node *node;

	*ret_done = true;
	if (name.n > NAME_MAX)
		return nowhere("its name is too long for a file system");
	if (is_dots(name)) {
		if (name.n == 2 && w->at->parent)
			w->at = w->at->parent;
		*ret_done = last;
		return (struct place){ .node = w->at };
	}
	node = child(w->fs, w->at, name);
	if (node && S_ISLNK(node->file->mode) && (!last || follow)) {
		if (!enter_link(w, node->file))
			return nowhere("too many links lead to it");
		*ret_done = false;
		return nowhere(NULL);
	}
	if (last)
		return (struct place){ .folder = w->at, .name = name, .node = node };
	if (!node)
		return nowhere("its folder is not there");
	if (!S_ISDIR(node->file->mode))
		return nowhere("what should be its folder is none");
	w->at = node;
	*ret_done = false;
	return nowhere(NULL);
}

/*
 * As the kernel does it from / on. A slash at the end says that it must be a folder, to which a link may lead.
 */
static struct place walk_path(struct rootfs *fs, struct span path, bool follow)
{
	struct walk w = { .fs = fs, .at = fs->root, .rest = { without_last_slashes(path) } };
	struct place place;
	struct span name;
	bool done;

	if (path.n == 0)
		return nowhere("its name is empty");
	follow |= path.p[path.n - 1] == '/';
	for (;;) {
		while (w.depth > 0 && w.rest[w.depth].n == 0)
			w.depth--;
		name = next_name(&w.rest[w.depth]);
		if (name.n == 0)
			return (struct place){ .node = w.at };
		if (w.depth > 0 && ++fs->steps > STEPS_MOST)
			return nowhere("the links of this initrd take too long to follow");
		place = step(&w, name, follow, &done);
		if (done)
			return place;
	}
}

struct rootfs_node *rootfs_find(struct rootfs *fs, struct span path, bool follow)
{
	return walk_path(fs, path, follow).node;
}

const char *rootfs_path(const struct rootfs_node *node, char path[ROOTFS_PATH])
{
	char *p = path + ROOTFS_PATH - 1;

	*p = '\0';
	for (; node->parent; node = node->parent) {
		size_t slash = *p != '\0';

		if (node->name.n + slash > (size_t)(p - path))
			return NULL;
		p -= slash;
		*p = slash ? '/' : '\0';
		p -= node->name.n;
		memcpy(p, node->name.p, node->name.n);
	}
	return *p ? p : ".";
}

const char *rootfs_name(const struct rootfs_node *node, char name[NAME_MAX + 1])
{
	memcpy(name, node->name.p, node->name.n);
	name[node->name.n] = '\0';
	return name;
}

const struct rootfs_node *rootfs_other_name(const struct rootfs_node *node)
{
	const struct rootfs_node *name = node->file->names;

	while (name && (name == node || !name->made))
		name = name->next_name;
	return name;
}

struct rootfs_node *rootfs_walk(const struct rootfs_node *node)
{
	if (node->first)
		return node->first;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

/* ---- hard links ---- */

struct rootfs_link {
	struct rootfs_link *chain, *next;
	uint32_t ino, major, minor, type;
	const char *name;
	uint64_t hash;
};

static bool grow_links(struct rootfs *fs)
{
	size_t buckets = fs->link_buckets ? fs->link_buckets * 2 : 256;
	struct rootfs_link **links;

	if (buckets * sizeof(*links) > fs->memory_most - fs->memory)
		return false;
	links = calloc(buckets, sizeof(*links));
	if (!links)
		return false;
	for (struct rootfs_link *link = fs->all_links; link; link = link->next) {
		link->chain = links[link->hash & (buckets - 1)];
		links[link->hash & (buckets - 1)] = link;
	}
	fs->memory += (buckets - fs->link_buckets) * sizeof(*links);
	free(fs->links);
	fs->links = links;
	fs->link_buckets = buckets;
	return true;
}

void rootfs_forget_links(struct rootfs *fs)
{
	for (struct rootfs_link *link = fs->all_links; link; link = link->next)
		fs->links[link->hash & (fs->link_buckets - 1)] = NULL;
	fs->all_links = NULL;
	fs->link_count = 0;
}

static bool is_same_link(const struct rootfs_link *a, const struct rootfs_link *b)
{
	return a->hash == b->hash && a->ino == b->ino && a->major == b->major &&
	       a->minor == b->minor && a->type == b->type;
}

/* The name under which the same inode came before; NULL where it did not, and then it is remembered. */
static struct kimg_error *find_link(struct rootfs *fs, const struct kimg_initrd_entry *entry,
				    const uint32_t devno[2], const char **ret_name)
{
	const uint32_t key[] = { entry->ino, devno[0], devno[1], entry->mode & S_IFMT };
	struct rootfs_link wanted = {
		.ino = key[0], .major = key[1], .minor = key[2], .type = key[3]
	};
	struct rootfs_link *link;

	wanted.hash = hash_span(fs->seed, span_of(key, sizeof(key)));
	if (fs->link_count >= fs->link_buckets && !grow_links(fs))
		return short_of_memory(fs);
	link = fs->links[wanted.hash & (fs->link_buckets - 1)];
	while (link && !is_same_link(link, &wanted))
		link = link->chain;
	*ret_name = link ? link->name : NULL;
	if (link)
		return NULL;
	link = rootfs_alloc(fs, sizeof(*link));
	if (!link)
		return short_of_memory(fs);
	wanted.name = entry->name;
	wanted.chain = fs->links[wanted.hash & (fs->link_buckets - 1)];
	wanted.next = fs->all_links;
	*link = wanted;
	fs->links[wanted.hash & (fs->link_buckets - 1)] = fs->all_links = link;
	fs->link_count++;
	return NULL;
}

/* ---- the calls ---- */

struct adding {
	struct rootfs *fs;
	struct kimg_initrd_entry *entry;
	struct span path, data;
	const uint32_t *devno;
	struct rootfs_change *change;
};

static void skip(struct adding *a, const char *why)
{
	a->entry->effect = KIMG_INITRD_SKIPPED;
	a->entry->why = why;
}

static bool ends_in_slash(const struct adding *a)
{
	return a->path.p[a->path.n - 1] == '/';
}

/* clean_path(): what stands there and is of another type is removed, if it can be. */
static struct place clear_path(struct adding *a, uint32_t mode)
{
	struct place place = walk_path(a->fs, a->path, false);
	struct rootfs_node *node = place.node;

	if (!node || !place.folder || ((node->file->mode ^ mode) & S_IFMT) == 0)
		return place;
	if (S_ISDIR(node->file->mode) ? node->first != NULL : ends_in_slash(a))
		return place;
	remove_node(a->fs, node);
	/* The root's own /dev/console goes without a sound: nobody made it anew. */
	a->change->removed = node;
	place.node = NULL;
	return place;
}

static void set_owner(const struct adding *a, struct rootfs_file *file)
{
	file->uid = a->entry->uid;
	file->gid = a->entry->gid;
	file->mode = (file->mode & S_IFMT) | (a->entry->mode & 07777);
}

static struct rootfs_file *new_file(struct adding *a)
{
	struct rootfs_file *file = rootfs_alloc(a->fs, sizeof(*file));

	if (!file)
		return NULL;
	file->mode = a->entry->mode & (S_IFMT | 07777);
	file->uid = a->entry->uid;
	file->gid = a->entry->gid;
	file->mtime = a->entry->mtime;
	file->rdev_major = a->entry->rdev_major;
	file->rdev_minor = a->entry->rdev_minor;
	return file;
}

static struct kimg_error *make(struct adding *a, const struct place *place)
{
	struct rootfs_file *file = new_file(a);

	a->change->node = file ? add_node(a->fs, place->folder, place->name, file) : NULL;
	a->change->made = true;
	return a->change->node ? NULL : short_of_memory(a->fs);
}

/* maybe_link(). *ret: 0 no link, 1 linked, -1 it could not be. */
static struct kimg_error *maybe_link(struct adding *a, int *ret)
{
	const char *first;
	struct place place;
	struct rootfs_node *old;

	*ret = 0;
	if (a->entry->nlink < 2)
		return NULL;
	TRY(find_link(a->fs, a->entry, a->devno, &first));
	if (!first)
		return NULL;
	place = clear_path(a, 0);
	old = rootfs_find(a->fs, span_of(first, strlen(first)), false);
	*ret = -1;
	if (!old || S_ISDIR(old->file->mode))
		skip(a, "the file that it is a link to is gone");
	else if (place.why || !place.folder || place.node || ends_in_slash(a))
		skip(a, place.why ? place.why : "its name is taken");
	if (a->entry->why)
		return NULL;
	a->change->node = add_node(a->fs, place.folder, place.name, old->file);
	a->change->linked = true;
	a->entry->effect = KIMG_INITRD_LINKED;
	a->entry->first = first;
	*ret = 1;
	return a->change->node ? NULL : short_of_memory(a->fs);
}

/* The open file: with O_TRUNC where it is no link. */
static void write_file(struct adding *a, struct rootfs_file *file, bool truncate)
{
	set_owner(a, file);
	file->mtime = a->entry->mtime;
	if (!truncate && a->entry->size == 0)
		return;
	file->size = a->entry->size;
	file->data = a->data;
	file->inode = 0;
	a->change->written = true;
}

static struct kimg_error *add_regular(struct adding *a, struct place place)
{
	int linked;

	TRY(maybe_link(a, &linked));
	if (linked < 0)
		return NULL;
	if (linked) {
		if (S_ISREG(a->change->node->file->mode))
			write_file(a, a->change->node->file, false);
		return NULL;
	}
	if (place.why || !place.folder || ends_in_slash(a)) {
		skip(a, place.why ? place.why : "its name is that of a folder");
		return NULL;
	}
	if (place.node && !S_ISREG(place.node->file->mode)) {
		skip(a, "a folder that is not empty has its name");
		return NULL;
	}
	if (place.node)
		a->change->node = place.node;
	else
		TRY(make(a, &place));
	place.node = a->change->node;
	write_file(a, place.node->file, true);
	place.node->own = false;
	return NULL;
}

/* The time of a folder is that of the first entry for it: they are set last, and that one is the last of them. */
static struct kimg_error *add_folder(struct adding *a, struct place place)
{
	if (place.node && S_ISDIR(place.node->file->mode)) {
		set_owner(a, place.node->file);
		if (place.node->own || !place.node->parent)
			place.node->file->mtime = a->entry->mtime;
		place.node->own = false;
		a->change->node = place.node;
		return NULL;
	}
	if (place.why || place.node) {
		skip(a, place.why ? place.why : "its name is taken");
		return NULL;
	}
	return make(a, &place);
}

static struct kimg_error *add_symlink(struct adding *a, struct place place)
{
	if (place.why || !place.folder || place.node || ends_in_slash(a)) {
		skip(a, place.why ? place.why : "a folder that is not empty has its name");
		return NULL;
	}
	if (a->entry->target_size >= PATH_MAX) {
		skip(a, "its target is too long for a file system");
		return NULL;
	}
	TRY(make(a, &place));
	a->change->node->file->target = span_of(a->entry->target, a->entry->target_size);
	return NULL;
}

/* What is there already keeps its numbers. */
static struct kimg_error *add_special(struct adding *a, struct place place)
{
	int linked;

	TRY(maybe_link(a, &linked));
	if (linked)
		return NULL;
	if (place.node && ((place.node->file->mode ^ a->entry->mode) & S_IFMT) == 0) {
		set_owner(a, place.node->file);
		place.node->file->mtime = a->entry->mtime;
		place.node->own = false;
		a->change->node = place.node;
		return NULL;
	}
	if (place.why || !place.folder || place.node || ends_in_slash(a)) {
		skip(a, place.why ? place.why : "a folder that is not empty has its name");
		return NULL;
	}
	return make(a, &place);
}

struct kimg_error *rootfs_add(struct rootfs *fs, struct kimg_initrd_entry *entry, struct span data,
			      const uint32_t devno[2], struct rootfs_change *ret_change)
{
	struct adding a = {
		.fs = fs,
		.entry = entry,
		.path = span_of(entry->name, entry->name_size),
		.data = data,
		.devno = devno,
		.change = ret_change,
	};
	uint32_t mode = entry->mode;

	*ret_change = (struct rootfs_change){ 0 };
	if (entry->name_size == 0) {
		skip(&a, "its name is empty");
		return NULL;
	}
	if (S_ISREG(mode))
		return add_regular(&a, clear_path(&a, mode));
	if (S_ISDIR(mode))
		return add_folder(&a, clear_path(&a, mode));
	if (S_ISLNK(mode))
		return add_symlink(&a, clear_path(&a, 0));
	if (S_ISBLK(mode) || S_ISCHR(mode) || S_ISFIFO(mode) || S_ISSOCK(mode))
		return add_special(&a, clear_path(&a, mode));
	clear_path(&a, mode);
	skip(&a, "no type that the kernel knows");
	return NULL;
}

/* ---- the root ---- */

static struct rootfs_node *add_own(struct rootfs *fs, struct rootfs_node *folder, struct span name,
				   uint32_t mode)
{
	struct rootfs_file *file = rootfs_alloc(fs, sizeof(*file));
	struct rootfs_node *node;

	if (!file)
		return NULL;
	file->mode = mode;
	node = add_node(fs, folder, name, file);
	if (node)
		node->own = true;
	return node;
}

/* usr/default_cpio_list: what is built into a kernel that is built without an initramfs of its own. */
static bool add_default(struct rootfs *fs)
{
	struct rootfs_node *dev = add_own(fs, fs->root, SPAN_LITERAL("dev"), S_IFDIR | 0755),
			   *console;

	console = dev ? add_own(fs, dev, SPAN_LITERAL("console"), S_IFCHR | 0600) : NULL;
	if (!console)
		return false;
	console->file->rdev_major = 5;
	console->file->rdev_minor = 1;
	return add_own(fs, fs->root, SPAN_LITERAL("root"), S_IFDIR | 0700);
}

struct kimg_error *rootfs_init(struct rootfs *fs, uint64_t memory, bool own)
{
	struct rootfs_file *file;

	*fs = (struct rootfs){ .seed = hash_seed(), .memory_most = memory };
	fs->root = rootfs_alloc(fs, sizeof(*fs->root));
	file = rootfs_alloc(fs, sizeof(*file));
	if (fs->root && file && grow(fs)) {
		file->mode = S_IFDIR | 0755;
		add_name(fs->root, file);
		fs->root->own = true;
		if (!own || add_default(fs))
			return NULL;
	}
	rootfs_done(fs);
	return short_of_memory(fs);
}

void rootfs_done(struct rootfs *fs)
{
	arena_done(&fs->arena);
	free(fs->table);
	free(fs->links);
	*fs = (struct rootfs){ .memory_most = fs->memory_most };
}

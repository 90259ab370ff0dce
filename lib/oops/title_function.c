/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which functions of a report a person would name. Names of functions are those of kernels from 2.6 to 7.x; a '*' at
 * the end stands for anything; a blank stands before each.
 */
#include "oops/title.h"

#include <string.h>

/* Functions that report, and those that the processor comes to them through. */
static const char reporting[] =
	" dump_stack* __dump_stack show_stack* show_trace* show_regs* dump_backtrace*"
	" unwind_backtrace walk_stackframe arch_stack_walk panic vpanic nmi_panic __warn*"
	" warn_slowpath* warn_bogus* report_bug* __report_bug fixup_bug* handle_bug"
	" do_error_trap do_trap* die die_* __die* oops_end oops_begin no_context"
	" page_fault_oops kernelmode_fixup_or_oops bad_area* __bad_area* do_page_fault*"
	" __do_page_fault do_user_addr_fault do_kern_addr_fault exc_* asm_exc_* error_code"
	" page_fault general_protection do_general_protection invalid_op do_invalid_op"
	" divide_error do_divide_error double_fault do_double_fault error_exit"
	" common_exception* handle_exception* do_DataAbort do_PrefetchAbort do_undefinstr"
	" __dabt_svc __und_svc* __pabt_svc arm_notify_die do_translation_fault do_mem_abort"
	" __do_kernel_fault brk_handler bug_handler call_break_hook do_debug_exception"
	" do_el1_* el1_* el1h_* el1t_* bust_spinlocks __stack_chk_fail fortify_panic"
	" __fortify_* usercopy_abort __check_object_size __check_heap_object check_heap_object"
	" print_address_description* print_report print_trailer object_err slab_err slab_fix"
	" slab_pad_check slab_bug check_bytes_and_report* check_object check_slab on_freelist"
	" free_debug_processing alloc_debug_processing free_to_partial_list slab_objcgs"
	" kasan_* __kasan_* __asan_* __hwasan_* check_memory_region* check_region_inline"
	" kfence_* __kfence_* kmsan_* __kmsan_* __msan_* kcsan_* __tsan_* ubsan_* __ubsan_*"
	" handle_overflow bad_page free_pages_prepare check_free_page* print_bad_pte"
	" print_bad_page_map dump_page* free_page_is_bad* __bug_on* __list_add_valid*"
	" __list_del_entry_valid* __list_del_entry __list_add list_del list_del_init list_add"
	" list_add_tail refcount_* __refcount_* kref_get kref_put debug_print_object"
	" debug_object_* __debug_object_* __debug_check_no_obj_freed debug_check_no_obj_freed"
	" spin_bug spin_dump rwlock_bug debug_spin_lock_before check_preemption_disabled"
	" debug_smp_processor_id __this_cpu_preempt_check __schedule_bug schedule_debug"
	" __might_sleep ___might_sleep __might_resched __might_fault might_fault"
	" nmi_cpu_backtrace* nmi_trigger_cpumask_backtrace arch_trigger_* trigger_* nmi_handle"
	" default_do_nmi do_nmi nmi end_repeat_nmi repeat_nmi perf_event_nmi_handler"
	" perf_event_overflow __perf_event_overflow intel_pmu_handle_irq amd_pmu_handle_irq"
	" x86_pmu_handle_irq watchdog_* hrtimer_interrupt __hrtimer_run_queues __run_hrtimer"
	" hrtimer_run_queues smp_apic_timer_interrupt local_apic_timer_interrupt"
	" apic_timer_interrupt __sysvec_* sysvec_* asm_sysvec_* tick_sched_timer"
	" tick_sched_handle* tick_nohz_handler tick_periodic tick_handle_periodic"
	" update_process_times scheduler_tick sched_tick rcu_check_callbacks"
	" rcu_sched_clock_irq* rcu_pending __rcu_pending print_cpu_stall*"
	" print_other_cpu_stall check_cpu_stall rcu_dump_cpu_stacks* rcu_print_*"
	" rcu_check_gp_kthread_* __handle_sysrq* handle_sysrq write_sysrq_trigger"
	" sysrq_handle_* showacpu show_state_filter sched_show_task* dump_cpu_task"
	" __report_bad_irq* note_interrupt panic_bad_stack print_circular_bug*"
	" print_deadlock_bug* print_bad_irq_dependency* print_usage_bug*"
	" print_irq_inversion_bug* print_unlock_imbalance_bug*"
	" print_lock_invalid_wait_context* check_noncircular check_deadlock check_prev_add"
	" check_prevs_add check_wait_context check_irq_usage validate_chain mark_lock*"
	" mark_held_locks mark_usage register_lock_class assign_lock_key look_up_lock_class"
	" lockdep_* lock_acquire lock_release __lock_acquire __lock_release"
	" debug_check_no_locks_*"
	" kmalloc_slab usercopy_warn skb_panic skb_over_panic skb_under_panic "
	"timer_is_static_object"
	" work_is_static_object _sched_show_task* lapic_can_unplug_cpu reacquire_held_locks "
	"lock_sock_nested"
	" smp_trace_apic_timer_interrupt arch_timer_handler* handle_percpu_devid_irq should_fail* "
	"fail_dump"
	" debug_lockdep_rcu_enabled vprintk* printk _printk console_unlock perf_trace_* __perf_*"
	" check_panic_on_warn get_taint print_tainted* do_tag_check_fault trace_hardirqs_o* "
	"stack_trace_*"
	" stack_depot_* post_alloc_hook __set_page_owner preempt_count_add preempt_count_sub "
	"ref_tracker_* hlock_class"
	" fs_reclaim_acquire* __fs_reclaim_acquire __seqprop_assert __phys_addr* __virt_to_phys "
	"assertfail __panic";

/* Functions that work for others: what they are called with is the fault of those. */
static const char helping[] =
	" memcpy* __memcpy* memset* __memset* memmove* __memmove* memcmp __memcmp memchr"
	" memscan memweight strcpy strncpy strlcpy strscpy* sized_strscpy strlen __pi_str*"
	" __pi_mem* strnlen strcmp strncmp strcasecmp strcat strlcat strchr strrchr strstr"
	" strnstr strsep strim copy_user_* __copy_user* _copy_from_user _copy_to_user"
	" raw_copy_* copy_from_user copy_to_user __arch_copy_* __put_user_* __get_user_*"
	" rep_movs_alternative clear_page* copy_page* clear_user* __clear_user csum_partial*"
	" kfree kmem_cache_free slab_free* __slab_free do_slab_free __cache_free _raw_spin_*"
	" _raw_read_* _raw_write_* __raw_spin_* __raw_read_* __raw_write_* do_raw_spin_*"
	" do_raw_read_* do_raw_write_* _spin_* _read_lock* _write_lock*"
	" native_queued_spin_lock_slowpath queued_spin_lock_slowpath"
	" queued_write_lock_slowpath queued_read_lock_slowpath __pv_queued_spin_lock_slowpath"
	" pv_wait_* kvm_wait __ticket_spin_lock mutex_lock* __mutex_lock* mutex_unlock"
	" __mutex_unlock* mutex_spin_on_owner* mutex_optimistic_spin osq_lock down down_read*"
	" down_write* down_interruptible __down* rwsem_down_* up_read up_write rt_mutex_lock*"
	" rt_mutex_slowlock* rt_spin_lock* rtlock_slowlock* wait_for_completion*"
	" __wait_for_common wait_for_common do_wait_for_common smp_call_function* on_each_cpu*"
	" __cond_resched _cond_resched schedule __schedule* schedule_* io_schedule*"
	" context_switch __switch_to* preempt_schedule* bit_wait* __wait_on_bit*"
	" out_of_line_wait_on_bit* wait_on_bit* msleep* usleep_range* ssleep"
	" __sanitizer_cov_* __x86_indirect_thunk_* __x86_return_thunk arch_local_irq_* "
	"native_flush_tlb*"
	" rt_mutex_slowlock __rt_mutex_slowlock* rt_spin_lock_slowlock* ldsem_down_* __ldsem_down* "
	"call_rwsem_*"
	" wait_on_page_bit* folio_wait_bit* __folio_lock* __lock_page* __wait_on_buffer "
	"__flush_work flush_work"
	" __wait_rcu_gp kvmalloc_node* __kvmalloc* kfree_skb* __kfree_skb* sk_skb_reason_drop "
	"kobject_get kobject_put"
	" string hex_string string_nocheck read_word_at_a_time __read_once_size rcu_gp_kthread "
	"text_poke*"
	" rb_* __rb_* test_and_* test_bit atomic_* atomic64_* arch_atomic* _atomic_dec_and_lock* "
	"vsnprintf pointer"
	" hex_dump_to_buffer print_hex_dump kvfree vfree __vunmap kfree_sensitive __call_rcu* "
	"call_rcu* complete del_timer*"
	" lock_timer_base timer_delete* __queue_work queue_work_on finish_wait __wake_up* "
	"mutex_remove_waiter down_trylock"
	" kobject_add_internal skb_put* __skb_put skb_push skb_pull* __skb_pull folio_unlock "
	"unlock_page krealloc* crc16 crc32*"
	" crc_itu_t jhash kernel_init_free_pages kthread_stop __free_pages_ok";

/* What the memory manager finds is the fault of those that it works for. */
static const char allocating[] =
	" warn_alloc* dump_header oom_kill_process out_of_memory __alloc_pages* alloc_pages*"
	" __alloc_frozen_* alloc_frozen_* folio_alloc* __folio_alloc* vma_alloc_folio*"
	" get_free_pages* __get_free_pages kmalloc_order* kmalloc_large* ___kmalloc_large*"
	" __kmalloc* kmalloc_trace* kmem_cache_alloc* slab_alloc* __slab_alloc* ___slab_alloc"
	" new_slab allocate_slab alloc_slab_page cache_alloc_refill cache_grow* fallback_alloc"
	" ____cache_alloc* mem_cgroup_out_of_memory try_charge* __mem_cgroup_charge*"
	" mem_cgroup_charge* charge_memcg obj_cgroup_charge* pagefault_out_of_memory"
	" __vmalloc* vmalloc* mem_cgroup_oom*";

/* The way from user space, and to a new task: of one architecture, and the same for all faults. */
static const char entering[] =
	" do_syscall_* do_syscall __do_syscall entry_* x64_sys_call ia32_sys_call __x64_sys_*"
	" __ia32_sys_* __se_sys_* __do_sys_* __se_compat_sys_* __x32_* __ia32_compat_*"
	" __x64_compat_* do_int80* do_fast_syscall_32 __do_fast_syscall_32 do_SYSENTER_32"
	" invoke_syscall el0_* do_el0_* el0t_* __arm64_sys_* __arm64_compat_* ret_fast_syscall"
	" ret_from_* ret_to_user* kernel_thread_helper child_rip system_call* syscall_call"
	" syscall_* sysenter_* sysret_* tracesys* stub_* do_trap_ecall_u handle_sys*"
	" linux_sparc_syscall* linux_syscall* __riscv_sys_* __s390x_sys_* __s390_sys_*"
	" __sys_call_* start_secondary* secondary_startup* common_startup_64 x86_64_start_*"
	" __arm_sys_* sys_* SyS_* __powerpc_* work_pending int_* tracesys_* return_to_handler"
	" ftrace_* kretprobe_trampoline* arch_rethook_trampoline __irq_svc __irq_usr"
	" work_resched ret_slow_syscall";

static const char *const lists[] = { reporting, helping, allocating, entering };

static bool fits(struct span pattern, struct span name)
{
	if (pattern.p[0] != name.p[0])
		return false;
	if (pattern.p[pattern.n - 1] == '*')
		return span_starts(name, span_clip(pattern, 0, pattern.n - 1));
	return span_equal(name, pattern);
}

static bool has_name(const char *list, struct span name)
{
	while (*list == ' ') {
		size_t n = strcspn(list + 1, " ");

		if (fits(span_of(list + 1, n), name))
			return true;
		list += n + 1;
	}
	return false;
}

bool title_is_helper(struct span name)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (has_name(lists[i], name))
			return true;
	return false;
}

/* "__pfx_name" are the bytes before a function. Names start with a dot where powerpc's first ABI calls the code of a function so. */
struct span title_normal(const char *symbol)
{
	size_t n;

	while (*symbol == '.')
		symbol++;
	if (strncmp(symbol, "__pfx_", 6) == 0)
		symbol += 6;
	n = strcspn(symbol, ".");
	return span_of(symbol, n);
}

/* The functions of one stack in the order of the log: the program counter may come in its middle. */
struct walk {
	struct title_function *functions;
	size_t count, most;
	bool unreliable;     /* those too */
	const char *context; /* of the first function */
	bool done;
};

/* What an interrupt came upon has nothing to do with it. */
static bool leaves(struct walk *walk, const struct kimg_oops_frame *frame)
{
	const char *context = frame->context;

	if (walk->count == 0 || !walk->context)
		walk->context = context;
	return walk->context && strcmp(walk->context, "TASK") != 0 &&
	       (!context || strcmp(walk->context, context) != 0);
}

static void visit(struct walk *walk, const struct kimg_oops_frame *frame)
{
	struct title_function *last = walk->count ? &walk->functions[walk->count - 1] : NULL;
	struct span name;

	if (!frame->symbol || walk->done || (frame->unreliable && !walk->unreliable))
		return;
	name = title_normal(frame->symbol);
	if (name.n == 0 || title_is_helper(name))
		return;
	/* a recursion is as deep as it happens to be; arm64 has the program counter in its trace, too */
	if (last && span_equal(last->name, name))
		return;
	walk->functions[walk->count++] = (struct title_function){ name, frame->module };
	walk->done = walk->count == walk->most;
}

static void visit_block(struct walk *walk, const struct kimg_oops_block *block)
{
	bool pc = block->has_pc;

	for (size_t i = 0; i < block->frame_count && !walk->done; i++) {
		const struct kimg_oops_frame *frame = &block->frames[i];

		if (pc && (frame->line >= block->pc.line || frame->inserted)) {
			visit(walk, &block->pc);
			pc = false;
		}
		if (leaves(walk, frame))
			return;
		visit(walk, frame);
	}
	if (pc)
		visit(walk, &block->pc);
}

static size_t walk_blocks(const struct report *report, struct title_function *functions,
			  size_t most, bool unreliable)
{
	const struct kimg_oops *oops = &report->oops;

	for (size_t i = 0; i < oops->block_count; i++) {
		struct walk walk = {
			.functions = functions,
			.most = most,
			.unreliable = unreliable,
		};

		if (oops->blocks[i].user || oops->blocks[i].repeated)
			continue;
		visit_block(&walk, &oops->blocks[i]);
		if (walk.count)
			return walk.count;
	}
	return 0;
}

/* "__x64_sys_pause" and "__arm64_sys_pause" are "sys_pause". */
static bool is_syscall(const char *symbol, struct span *ret_name)
{
	struct span name = title_normal(symbol);
	size_t at;

	if (!span_find(name, 0, SPAN_LITERAL("sys_"), &at) || at > 16 ||
	    (at && (name.p[0] != '_' || name.p[1] != '_')))
		return false;
	*ret_name = span_from(name, at);
	return true;
}

/* The system call, where its own function is all that there is. */
static size_t walk_syscall(const struct report *report, struct title_function *function)
{
	const struct kimg_oops *oops = &report->oops;

	for (size_t i = 0; i < oops->block_count; i++) {
		const struct kimg_oops_block *block = &oops->blocks[i];

		for (size_t j = 0; j < block->frame_count && !block->user; j++) {
			const struct kimg_oops_frame *frame = &block->frames[j];

			if (!frame->symbol || frame->unreliable)
				continue;
			if (is_syscall(frame->symbol, &function->name)) {
				function->module = NULL;
				return 1;
			}
		}
	}
	return 0;
}

size_t title_functions(const struct report *report, struct title_function *functions, size_t most)
{
	size_t count = walk_blocks(report, functions, most, false);

	if (count == 0)
		count = walk_syscall(report, functions);
	return count ? count : walk_blocks(report, functions, most, true);
}

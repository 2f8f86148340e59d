//! What this process may still take of the machine's memory. An allocation that fails ends a program without a word, so
//! whatever is about to take much asks here first and can say what it lacks.

/// All memory of the machine, and what of it is free, in bytes.
pub fn of_the_machine() -> (u64, u64) {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    (system.total_memory(), system.available_memory())
}

/// The bytes that may still be taken: what is free, within the limits that are set to this process and its group.
pub fn available() -> u64 {
    let mut system = sysinfo::System::new();
    system.refresh_memory();
    // Where the system doesn't tell, nothing is refused.
    let free = Some(system.available_memory()).filter(|&free| free > 0);
    let group = system.cgroup_limits().map(|limits| limits.free_memory);
    [free, group, left_of_address_space()].into_iter().flatten().min().unwrap_or(u64::MAX)
}

/// The memory that this process holds now, in bytes; `None`: this system doesn't tell.
pub fn taken() -> Option<u64> {
    status("VmRSS:")
}

/// The most it ever held.
pub fn peak() -> Option<u64> {
    status("VmHWM:")
}

/// A line of what Linux tells of this process, in bytes.
fn status(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// What `ulimit -v` leaves.
#[cfg(target_os = "linux")]
fn left_of_address_space() -> Option<u64> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::As).current?;
    Some(limit.saturating_sub(status("VmSize:")?))
}

#[cfg(not(target_os = "linux"))]
fn left_of_address_space() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_some_and_no_more_than_the_machine_has() {
        let (total, free) = of_the_machine();
        assert!(0 < free && free <= total, "{free} of {total}");
        assert!((1 << 20..=total).contains(&available()), "{}", available());
    }
}

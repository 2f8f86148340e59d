//! A process that works for a long time behind others.

/// How far it steps back, where `SETTEI_NICE` says nothing else; nobody steps back further than 19.
#[cfg(unix)]
const NICE: i32 = 15;

/// From now on this process outlives whoever started it, and leaves processor and memory to others. Where the system
/// refuses, it works all the same.
pub(super) fn go() {
    #[cfg(unix)]
    {
        // A session of its own: what is told to the terminal or the window's group is not told to it.
        let _ = rustix::process::setsid();
        let said = std::env::var("SETTEI_NICE").ok().and_then(|said| said.parse().ok());
        let _ = rustix::process::nice(said.unwrap_or(NICE));
    }
    // Where memory runs out, it goes before the window with somebody's work in it.
    #[cfg(target_os = "linux")]
    let _ = std::fs::write("/proc/self/oom_score_adj", "500");
}

//! What a process costs, by /proc.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

/// Of Linux on every architecture: USER_HZ.
const TICKS_A_SECOND: f64 = 100.0;

/// Fields of /proc/PID/stat from the third on (the second, the name, may hold spaces).
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

/// Seconds of processor time of a process and its ended threads; 10 ms is the finest step.
pub fn cpu(pid: u32) -> f64 {
    let Some(fields) = stat(pid) else {
        return 0.0;
    };
    let ticks: f64 = fields[11..13]
        .iter()
        .map(|f| f.parse::<f64>().unwrap())
        .sum();
    ticks / TICKS_A_SECOND
}

/// Seconds of processor time of a process, of its children that have ended, and of those that live.
pub fn family_cpu(pid: u32) -> f64 {
    let Some(fields) = stat(pid) else {
        return 0.0;
    };
    let own: f64 = fields[11..15]
        .iter()
        .map(|f| f.parse::<f64>().unwrap())
        .sum();
    let parent = pid.to_string();
    let children = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| {
            let child: u32 = entry.file_name().to_str()?.parse().ok()?;
            (stat(child)?.get(1)? == &parent).then(|| cpu(child))
        });
    own / TICKS_A_SECOND + children.sum::<f64>()
}

/// Bytes of memory that a process has in RAM (VmRSS).
pub fn resident(pid: u32) -> u64 {
    in_ram(pid, "VmRSS:")
}

/// The most that it had there (VmHWM), since it began or its [peak was forgotten](forget_peak).
pub fn peak(pid: u32) -> u64 {
    in_ram(pid, "VmHWM:")
}

/// From now on [`peak`] is the most that it has later.
pub fn forget_peak(pid: u32) {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
}

fn in_ram(pid: u32, field: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|l| l.strip_prefix(field)).unwrap();
    line.split_whitespace()
        .next()
        .unwrap()
        .parse::<u64>()
        .unwrap()
        * 1024
}

/// Bytes of memory that are a process's own share (Pss): what several have together counts once.
pub fn own_memory(pid: u32) -> u64 {
    let Ok(text) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else {
        return 0;
    };
    let line = text.lines().find_map(|l| l.strip_prefix("Pss:"));
    let kilobytes = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// The same of a process and all its children.
pub fn family_memory(pid: u32) -> u64 {
    let parent = pid.to_string();
    let children = fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| {
            let child: u32 = entry.file_name().to_str()?.parse().ok()?;
            (stat(child)?.get(1)? == &parent).then(|| own_memory(child))
        });
    own_memory(pid) + children.sum::<u64>()
}

/// Bytes that a process has had written to disks, by the block layer's count (`/proc/PID/io`, write_bytes).
pub fn written(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/io")).unwrap();
    let line = text.lines().find_map(|l| l.strip_prefix("write_bytes: "));
    line.unwrap().trim().parse().unwrap()
}

/// How often the threads of a process that live have let go of their processor to wait (voluntary_ctxt_switches): each was a wake-up.
pub fn waits(pid: u32) -> u64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
    tasks
        .filter_map(|task| {
            let text = fs::read_to_string(task.path().join("status")).ok()?;
            let line = text
                .lines()
                .find_map(|l| l.strip_prefix("voluntary_ctxt_switches:"));
            line?.trim().parse::<u64>().ok()
        })
        .sum()
}

/// Bytes that came and went so far by the cables of the network namespace that a process lives in.
pub fn carried(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/net/dev")).unwrap();
    let cables = text.lines().filter_map(|line| {
        let (name, numbers) = line.split_once(':')?;
        (name.trim() != "lo").then(|| numbers.split_whitespace().collect::<Vec<_>>())
    });
    let both_ways = |numbers: Vec<&str>| [0, 8].map(|at| numbers[at].parse::<u64>().unwrap());
    cables.flat_map(both_ways).sum()
}

/// Processor time of each thread so far, to the nanosecond.
pub struct Threads(HashMap<String, u64>);

impl Threads {
    pub fn of(pid: u32) -> Self {
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
        Self(
            tasks
                .filter_map(|task| {
                    let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
                    let on_cpu = text.split(' ').next()?.parse().ok()?;
                    Some((task.file_name().into_string().ok()?, on_cpu))
                })
                .collect(),
        )
    }

    /// What these have worked since `before`. A thread that has ended between is missing.
    pub fn since(&self, before: &Self) -> Duration {
        let worked = self
            .0
            .iter()
            .map(|(task, now)| now.saturating_sub(before.0.get(task).copied().unwrap_or_default()));
        Duration::from_nanos(worked.sum())
    }
}

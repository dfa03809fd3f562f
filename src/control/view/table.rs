//! How a terminal shows columns, times and sizes.

/// Columns as wide as their widest cell, two spaces apart; no header where `columns` is empty.
pub(super) fn table<const N: usize>(columns: &[&str], mut rows: Vec<[String; N]>) -> String {
    if columns.len() == N {
        rows.insert(0, std::array::from_fn(|i| columns[i].to_owned()));
    }
    let width = |i: usize| {
        rows.iter()
            .map(|row| row[i].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

pub(super) fn ago(now: i64, then: i64) -> String {
    match now - then {
        ..60 => "just now".into(),
        seconds => format!("{} ago", span(seconds)),
    }
}

pub(super) fn until(now: i64, then: i64) -> String {
    match then - now {
        ..=0 => "now".into(),
        // To the nearest: an invitation for a week that was made a moment ago has not six days left.
        seconds @ ..60 => format!("in {}", span(seconds)),
        seconds @ ..3570 => format!("in {}", span(seconds + 30)),
        seconds @ ..171_000 => format!("in {}", span(seconds.max(3600) + 1800)),
        seconds => format!("in {}", span(seconds + 43_200)),
    }
}

pub(super) fn span(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86400),
    }
}

pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

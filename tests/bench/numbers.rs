//! Many measurements become one number.

use std::time::Duration;

pub use crate::baseline::shown;

/// Measurements of one thing, in seconds (or whatever the caller counts). Infinite: it never ended.
#[derive(Clone, Debug, Default)]
pub struct Numbers(Vec<f64>);

impl Numbers {
    pub fn add(&mut self, number: f64) {
        let at = self.0.partition_point(|n| *n < number);
        self.0.insert(at, number);
    }

    /// `None`: it did not end in time.
    pub fn add_time(&mut self, time: Option<Duration>) {
        self.add(time.map_or(f64::INFINITY, |t| t.as_secs_f64()));
    }

    pub fn extend(&mut self, others: Self) {
        for number in others.0 {
            self.add(number);
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The value that `part` of all are not above; nearest rank. NaN without any.
    pub fn at(&self, part: f64) -> f64 {
        let rank = (part * self.0.len() as f64).ceil() as usize;
        let index = rank.clamp(1, self.0.len().max(1)) - 1;
        self.0.get(index).copied().unwrap_or(f64::NAN)
    }

    pub fn median(&self) -> f64 {
        match self.0.len() {
            n if n > 0 && n % 2 == 0 => (self.0[n / 2 - 1] + self.0[n / 2]) / 2.0,
            _ => self.at(0.5),
        }
    }
}

/// `10 KB`, `1 MB`.
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// `100,000`.
pub fn counted(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

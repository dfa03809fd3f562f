//! The letters of the last days as a small bar chart, and as a table: for a page.
//!
//! Pure. Colours are the style sheet's, by class; there is no inline style and no script, so the strictest
//! Content-Security-Policy lets it pass. Whoever does not see it reads the numbers: the picture's title and description, and the
//! title of each bar. All words come from the page, in its reader's language, and are escaped here.

use std::fmt::Write;

use super::answer::{Day, Traffic, Ways};

/// The picture's width and height, in its own units: those of a narrow telephone, so that the writing keeps its size there.
const SIZE: (f64, f64) = (360.0, 150.0);
/// Room for the dates below the bars, and for the highest number above them.
const BELOW: f64 = 18.0;
const ABOVE: f64 = 16.0;
/// What the ways are called in the classes of the bars, from the bottom up.
const CLASSES: [&str; 5] = ["direct", "chat", "local", "gateway", "ordinary"];

/// What the page says.
pub struct Words<'a> {
    /// The picture's name: `Letters of the last 14 days`.
    pub title: &'a str,
    /// What it shows, in a sentence, with the numbers.
    pub description: &'a str,
    /// One day, as people write it there; short.
    pub date: &'a dyn Fn(&Day) -> String,
    /// One day's numbers in words.
    pub of_day: &'a dyn Fn(&Day) -> String,
    /// Heads of the table's columns: the day, received, sent.
    pub columns: [&'a str; 3],
}

/// The chart: for each day a bar of what was received beside one of what was sent, each of it stacked by the way. `id` tells
/// several charts of one page apart.
pub fn svg(days: &[Day], words: &Words<'_>, id: &str) -> String {
    let (width, height) = SIZE;
    let highest = days
        .iter()
        .flat_map(|day| [sum(&day.received), sum(&day.sent)])
        .max()
        .unwrap_or(0);
    let id = escaped(id);
    let mut out = String::with_capacity(400 * (days.len() + 2));
    // Writing to a string does not fail.
    let _ = write!(
        out,
        "<svg class=\"chart\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-text\">\
         <title id=\"{id}-title\">{}</title><desc id=\"{id}-text\">{}</desc>",
        escaped(words.title),
        escaped(words.description)
    );
    let ground = height - BELOW;
    let _ = write!(
        out,
        "<line class=\"chart-ground\" x1=\"0\" y1=\"{ground}\" x2=\"{width}\" y2=\"{ground}\"/>\
         <text class=\"chart-number\" x=\"0\" y=\"11\" aria-hidden=\"true\">{highest}</text>"
    );
    let slot = width / days.len().max(1) as f64;
    let bar = (slot * 0.36).min(14.0);
    let unit = (ground - ABOVE) / highest.max(1) as f64;
    for (n, day) in days.iter().enumerate() {
        let middle = slot * (n as f64 + 0.5);
        let _ = write!(out, "<g><title>{}</title>", escaped(&(words.of_day)(day)));
        let pair = [
            ("received", &day.received, middle - bar),
            ("sent", &day.sent, middle),
        ];
        for (direction, ways, left) in pair {
            let mut top = ground;
            for (class, letters) in CLASSES.into_iter().zip(stack(ways)) {
                if letters == 0 {
                    continue;
                }
                let tall = letters as f64 * unit;
                top -= tall;
                let _ = write!(
                    out,
                    "<rect class=\"chart-{direction} chart-{class}\" x=\"{left:.1}\" y=\"{top:.1}\" \
                     width=\"{bar:.1}\" height=\"{tall:.1}\"/>"
                );
            }
        }
        out.push_str("</g>");
    }
    // The first day, the middle one and the last: more would not fit beside each other on a telephone.
    let last = days.len().saturating_sub(1);
    for (n, anchor, at) in [
        (0, "start", 0.0),
        (last / 2, "middle", slot * ((last / 2) as f64 + 0.5)),
        (last, "end", width),
    ] {
        let shown = match n {
            0 => anchor == "start",
            _ => n != last || anchor == "end",
        };
        if let Some(day) = days.get(n).filter(|_| shown) {
            let _ = write!(
                out,
                "<text class=\"chart-date\" x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" aria-hidden=\"true\">{}</text>",
                height - 4.0,
                escaped(&(words.date)(day))
            );
        }
    }
    out.push_str("</svg>");
    out
}

/// The same as a table: a row a day.
pub fn table(days: &[Day], words: &Words<'_>) -> String {
    let [day, received, sent] = words.columns.map(escaped);
    let mut out = format!(
        "<table class=\"chart-table\"><caption>{}</caption><thead><tr><th scope=\"col\">{day}</th>\
         <th scope=\"col\">{received}</th><th scope=\"col\">{sent}</th></tr></thead><tbody>",
        escaped(words.title)
    );
    for day in days {
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
            escaped(&(words.date)(day)),
            sum(&day.received),
            sum(&day.sent)
        );
    }
    out.push_str("</tbody></table>");
    out
}

/// All letters of a day in one direction.
pub fn sum(ways: &Ways) -> u64 {
    stack(ways).into_iter().sum()
}

/// In the order of [`CLASSES`].
fn stack(ways: &Ways) -> [u64; 5] {
    [
        ways.direct,
        ways.chat,
        ways.local,
        ways.gateway,
        ways.ordinary,
    ]
    .map(|traffic: Traffic| traffic.letters)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use quick_xml::Reader;
    use quick_xml::events::{BytesStart, Event};

    use super::*;

    fn letters(count: u64) -> Traffic {
        Traffic {
            letters: count,
            bytes: count,
        }
    }

    fn fortnight() -> Vec<Day> {
        (1..=14)
            .map(|n| Day {
                day: format!("2026-11-{n:02}"),
                received: Ways {
                    direct: letters(n % 4),
                    chat: letters(n % 2),
                    ..Ways::default()
                },
                sent: Ways {
                    ordinary: letters(n),
                    local: letters(1),
                    ..Ways::default()
                },
            })
            .collect()
    }

    fn drawn(days: &[Day]) -> (String, String) {
        let words = Words {
            title: "Letters <of> \"Anna & Ben\"",
            description: "28 in, 119 out",
            date: &|day| day.day[8..].to_owned(),
            of_day: &|day| {
                format!(
                    "{}: {} in, {} out",
                    day.day,
                    sum(&day.received),
                    sum(&day.sent)
                )
            },
            columns: ["Day", "In", "Out"],
        };
        (svg(days, &words, "home"), table(days, &words))
    }

    /// Every element with its attributes, of something that must be well-formed.
    fn elements(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
        let mut reader = Reader::from_str(xml);
        let mut found = Vec::new();
        let mut take = |start: &BytesStart<'_>| {
            let text = |text: &str| text.to_owned();
            let attributes = start.attributes().map(|a| {
                let a = a.unwrap();
                (text(a.key.as_ref()), text(&a.value))
            });
            found.push((text(start.name().as_ref()), attributes.collect()));
        };
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) | Event::Empty(start) => take(&start),
                Event::Eof => return found,
                _ => {}
            }
        }
    }

    fn number(attributes: &[(String, String)], name: &str) -> f64 {
        let found = attributes.iter().find(|(key, _)| key == name);
        found.unwrap().1.parse().unwrap()
    }

    #[test]
    fn every_bar_lies_in_the_picture_and_stands_for_its_letters() {
        let days = fortnight();
        let (picture, _) = drawn(&days);
        let mut tall = 0.0;
        let mut bars = 0;
        for (name, attributes) in elements(&picture) {
            let allowed = |key: &str| key != "style" && !key.starts_with("on");
            assert!(
                attributes.iter().all(|(key, _)| allowed(key)),
                "{attributes:?}"
            );
            assert_ne!(name, "style");
            if name != "rect" {
                continue;
            }
            let of = |key: &str| number(&attributes, key);
            let (x, y, w, h) = (of("x"), of("y"), of("width"), of("height"));
            assert!(
                x >= 0.0 && x + w <= SIZE.0 && y >= ABOVE - 0.1 && y + h <= SIZE.1 - BELOW + 0.2
            );
            bars += 1;
            tall += h;
        }
        let all: u64 = days.iter().map(|d| sum(&d.received) + sum(&d.sent)).sum();
        let unit = (SIZE.1 - BELOW - ABOVE) / 15.0;
        assert!((tall - all as f64 * unit).abs() < 3.0, "{tall}");
        assert!(bars > 40, "{bars}");
    }

    #[test]
    fn who_does_not_see_it_reads_the_numbers() {
        let (picture, table) = drawn(&fortnight());
        assert!(picture.contains("role=\"img\" aria-labelledby=\"home-title home-text\""));
        assert!(picture.contains(
            "<title id=\"home-title\">Letters &lt;of&gt; &quot;Anna &amp; Ben&quot;</title>"
        ));
        assert!(picture.contains("<desc id=\"home-text\">28 in, 119 out</desc>"));
        assert!(picture.contains("<title>2026-11-14: 2 in, 15 out</title>"));
        assert!(table.contains("<tr><th scope=\"row\">14</th><td>2</td><td>15</td></tr>"));
        assert_eq!(
            elements(&table).iter().filter(|(n, _)| n == "tr").count(),
            15
        );
        // Three dates, of which none lies over another.
        let dates = elements(&picture).into_iter();
        let dates: Vec<_> = dates.filter(|(name, _)| name == "text").collect();
        assert_eq!(dates.len(), 1 + 3);
    }

    #[test]
    fn nothing_and_very_much_are_drawn_as_well() {
        let (empty, table) = drawn(&[]);
        elements(&empty);
        elements(&table);
        let one = [Day {
            day: "2026-11-25".into(),
            sent: Ways {
                direct: letters(u64::MAX / 8),
                ..Ways::default()
            },
            ..Day::default()
        }];
        let (picture, _) = drawn(&one);
        let dates = elements(&picture).into_iter();
        assert_eq!(
            dates.filter(|(name, _)| name == "text").count(),
            2,
            "one date"
        );
        assert!(
            !picture.contains("NaN") && !picture.contains("inf"),
            "{picture}"
        );
    }
}

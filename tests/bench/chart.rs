//! Charts as SVG, legible on a light page and on a dark one: curves over one axis, both scales logarithmic ([`Chart`]), and many
//! small fields with even scales ([`Grid`]).

use std::fmt::Write;

use crate::numbers::{counted, shown};

/// What something costs at each point of the axis.
pub struct Curve {
    pub name: &'static str,
    pub values: Vec<f64>,
}

/// Curves of one unit.
pub struct Panel<'a> {
    /// What is measured, with its unit.
    pub title: &'a str,
    pub curves: &'a [Curve],
}

/// Two panels side by side.
pub struct Chart<'a> {
    pub title: &'a str,
    /// What the axis counts.
    pub axis: &'a str,
    pub at: &'a [usize],
    /// How a place on the axis is written.
    pub written: fn(usize) -> String,
    pub panels: [Panel<'a>; 2],
    /// How it is made.
    pub caption: &'a str,
}

const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 380.0;
/// The field of a panel: its left edge is added to that of the panel.
const LEFT: f64 = 60.0;
const RIGHT: f64 = 410.0;
const TOP: f64 = 72.0;
const BOTTOM: f64 = 302.0;
/// A number beside a point keeps so far away from the edges of the field.
const CLEAR: f64 = 22.0;

const STYLE: &str = "svg{--page:#fff;--ink:#24292f;--soft:#57606a;--line:#d0d7de;--c0:#0a6ebd;--c1:#b8480c}\
@media(prefers-color-scheme:dark){svg{--page:#0d1117;--ink:#e6edf3;--soft:#9da7b3;--line:#30363d;--c0:#58a6ff;--c1:#f0883e}}\
text{fill:var(--ink);font:13px Helvetica,Arial,sans-serif}.t{font-size:17px;font-weight:bold}.b{font-weight:bold}.s{fill:var(--soft)}\
.e{text-anchor:end}.m{text-anchor:middle}.g{stroke:var(--line);fill:none}.r{stroke:var(--soft);stroke-dasharray:5 5;fill:none}\
.l0{stroke:var(--c0)}.l1{stroke:var(--c1)}.l0,.l1{fill:none;stroke-width:2.5}.f0{fill:var(--c0)}.f1{fill:var(--c1)}";

/// A logarithmic scale over whole decades.
struct Scale {
    first: f64,
    last: f64,
}

impl Scale {
    fn over(numbers: impl Iterator<Item = f64> + Clone) -> Self {
        let least = numbers.clone().fold(f64::INFINITY, f64::min);
        let most = numbers.fold(f64::NEG_INFINITY, f64::max);
        let first = least.log10().floor();
        // One decade at least, so that a cost that stays the same looks like it.
        Self {
            first,
            last: most.log10().ceil().max(first + 1.0),
        }
    }

    /// Where a number is, as a part of the whole.
    fn part(&self, number: f64) -> f64 {
        (number.log10() - self.first) / (self.last - self.first)
    }

    fn decades(&self) -> impl Iterator<Item = f64> {
        (self.first as i32..=self.last as i32).map(|power| 10f64.powi(power))
    }
}

impl Chart<'_> {
    pub fn svg(&self) -> String {
        let mut svg = page(HEIGHT, self.title, &self.told(), self.caption);
        for (place, panel) in self.panels.iter().enumerate() {
            self.draw(&mut svg, place as f64 * WIDTH / 2.0, panel);
        }
        svg + "</svg>\n"
    }

    /// The same in words, for who cannot see it.
    fn told(&self) -> String {
        let mut told = String::new();
        for panel in &self.panels {
            for curve in panel.curves {
                let values: Vec<String> = self
                    .at
                    .iter()
                    .zip(&curve.values)
                    .map(|(at, value)| format!("{} at {}", shown(*value), (self.written)(*at)))
                    .collect();
                let _ = write!(
                    told,
                    "{}, {}: {}. ",
                    panel.title,
                    curve.name,
                    values.join(", ")
                );
            }
        }
        told.trim_end().to_owned()
    }

    fn draw(&self, svg: &mut String, left: f64, panel: &Panel) {
        let across = Scale::over(self.at.iter().map(|at| *at as f64));
        let up = Scale::over(panel.curves.iter().flat_map(|c| c.values.iter().copied()));
        let x = |at: f64| left + LEFT + across.part(at) * (RIGHT - LEFT);
        let y = |value: f64| BOTTOM - up.part(value) * (BOTTOM - TOP);
        let (begin, end) = (left + LEFT, left + RIGHT);
        for tick in up.decades() {
            let y = y(tick);
            let _ = writeln!(svg, "<path class=\"g\" d=\"M{begin:.1} {y:.1}H{end:.1}\"/>");
            let (x, y) = (begin - 8.0, y + 4.0);
            let _ = writeln!(
                svg,
                "<text class=\"s e\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
                power_of_ten(tick)
            );
        }
        for tick in across.decades() {
            let x = x(tick);
            let _ = writeln!(svg, "<path class=\"g\" d=\"M{x:.1} {TOP}V{BOTTOM}\"/>");
            let (y, text) = (BOTTOM + 18.0, (self.written)(tick as usize));
            let _ = writeln!(
                svg,
                "<text class=\"s m\" x=\"{x:.1}\" y=\"{y}\">{text}</text>"
            );
        }
        let names = panel.curves.iter().enumerate().map(|(number, curve)| {
            format!(
                " <tspan class=\"f{number}\" dx=\"10\">{}</tspan>",
                curve.name
            )
        });
        let _ = writeln!(
            svg,
            "<text class=\"b\" x=\"{begin}\" y=\"{}\">{}{}</text>\n<text class=\"s m\" x=\"{}\" y=\"{}\">{}</text>",
            TOP - 14.0,
            panel.title,
            names.collect::<String>(),
            (begin + end) / 2.0,
            BOTTOM + 38.0,
            self.axis,
        );
        for (number, curve) in panel.curves.iter().enumerate() {
            let places: Vec<(f64, f64)> = self
                .at
                .iter()
                .map(|at| *at as f64)
                .zip(curve.values.iter().copied())
                .collect();
            let Some(&(last_at, last)) = places.last() else {
                continue;
            };
            if number == 0 {
                // What would be linear: down to the left from the last point, as far as the field goes.
                let lowest = 10f64
                    .powf(up.first)
                    .max(last / last_at * 10f64.powf(across.first));
                let from = last_at * lowest / last;
                let _ = writeln!(
                    svg,
                    "<path class=\"r\" d=\"M{:.1} {:.1}L{:.1} {:.1}\"/>",
                    x(from),
                    y(lowest),
                    x(last_at),
                    y(last)
                );
            }
            let line: Vec<String> = places
                .iter()
                .map(|(at, value)| format!("{:.1},{:.1}", x(*at), y(*value)))
                .collect();
            let _ = writeln!(
                svg,
                "<polyline class=\"l{number}\" points=\"{}\"/>",
                line.join(" ")
            );
            // The first curve's numbers below it, the second's above, and none on an axis.
            for (place, (at, value)) in places.iter().enumerate() {
                let (x, y) = (x(*at), y(*value));
                let below = (number == 0 || y < TOP + CLEAR) && y < BOTTOM - CLEAR;
                let beside = y + if below { 18.0 } else { -9.0 };
                let (anchor, shift) = match place {
                    0 => ("", 6.0),
                    place if place + 1 == places.len() => (" e", -2.0),
                    _ => (" m", 0.0),
                };
                let _ = writeln!(
                    svg,
                    "<circle class=\"f{number}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>\
                     <text class=\"f{number}{anchor}\" x=\"{:.1}\" y=\"{beside:.1}\">{}</text>",
                    x + shift,
                    shown(*value)
                );
            }
        }
    }
}

/// What every chart begins with.
fn page(height: f64, title: &str, told: &str, caption: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"t d\">\n\
         <title id=\"t\">{title}</title>\n<desc id=\"d\">{told}</desc>\n<style>{STYLE}</style>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" style=\"fill:var(--page)\"/>\n\
         <text class=\"t\" x=\"20\" y=\"28\">{title}</text>\n<text class=\"s\" x=\"20\" y=\"{}\">{caption}</text>\n",
        height - 14.0
    )
}

/// Small fields in rows and columns; each column is one thing that is changed, each row one that is measured.
pub struct Grid<'a> {
    pub title: &'a str,
    pub columns: Vec<String>,
    /// What is measured, with the ends of its scale.
    pub rows: Vec<(String, f64, f64)>,
    /// What the two curves are called.
    pub curves: [&'a str; 2],
    /// The values of the curves at each step, by column and row; the step in the middle is marked.
    pub values: Vec<Vec<[Vec<f64>; 2]>>,
    pub caption: &'a str,
}

impl Grid<'_> {
    const LEFT: f64 = 172.0;
    const ROW: f64 = 100.0;
    const FIELD: f64 = 70.0;

    pub fn svg(&self) -> String {
        let height = TOP + Self::ROW * self.rows.len() as f64 + 40.0;
        let mut svg = page(height, self.title, &self.told(), self.caption);
        let [first, second] = self.curves;
        let _ = writeln!(
            svg,
            "<text x=\"20\" y=\"48\"><tspan class=\"f0\">{first}</tspan> <tspan class=\"f1\" dx=\"10\">{second}</tspan></text>"
        );
        let cell = (WIDTH - Self::LEFT - 10.0) / self.columns.len() as f64;
        for (row, (what, least, most)) in self.rows.iter().enumerate() {
            let top = TOP + row as f64 * Self::ROW;
            let bottom = top + Self::FIELD;
            let (name, unit) = what.split_once(", ").unwrap_or((what, ""));
            let _ = writeln!(
                svg,
                "<text class=\"b\" x=\"20\" y=\"{:.1}\">{name}</text><text class=\"s\" x=\"20\" y=\"{:.1}\">{least} to {most} {unit}</text>",
                top + 30.0,
                top + 47.0,
            );
            for (column, fields) in self.values.iter().enumerate() {
                let (left, width) = (Self::LEFT + column as f64 * cell, cell - 14.0);
                let (right, middle) = (left + width, left + width / 2.0);
                if row == 0 {
                    let _ = writeln!(
                        svg,
                        "<text class=\"m\" style=\"font-size:11px\" x=\"{middle:.1}\" y=\"{:.1}\">{}</text>",
                        top - 8.0,
                        self.columns[column]
                    );
                }
                let _ = writeln!(
                    svg,
                    "<path class=\"g\" d=\"M{left:.1} {top:.1}H{right:.1}V{bottom:.1}H{left:.1}ZM{middle:.1} {top:.1}V{bottom:.1}\"/>"
                );
                for (number, values) in fields[row].iter().enumerate() {
                    let place = |(step, value): (usize, &f64)| {
                        let part = ((value - least) / (most - least)).clamp(0.0, 1.0);
                        let across = step as f64 / (values.len() - 1) as f64;
                        (left + width * across, bottom - part * Self::FIELD)
                    };
                    let places: Vec<(f64, f64)> = values.iter().enumerate().map(place).collect();
                    let line: Vec<String> = places
                        .iter()
                        .map(|(x, y)| format!("{x:.1},{y:.1}"))
                        .collect();
                    let (x, y) = places[places.len() / 2];
                    let _ = writeln!(
                        svg,
                        "<polyline class=\"l{number}\" points=\"{}\"/><circle class=\"f{number}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>",
                        line.join(" ")
                    );
                }
            }
        }
        svg + "</svg>\n"
    }

    /// The same in words: the first curve alone.
    fn told(&self) -> String {
        let mut told = String::new();
        for (column, fields) in self.columns.iter().zip(&self.values) {
            for ((what, ..), field) in self.rows.iter().zip(fields) {
                let values: Vec<String> = field[0].iter().map(|value| shown(*value)).collect();
                let _ = write!(told, "{column}, {what}: {}. ", values.join(", "));
            }
        }
        told.trim_end().to_owned()
    }
}

/// A tick, as it is read: 0.1, 1,000.
fn power_of_ten(tick: f64) -> String {
    if tick < 1.0 {
        return tick.to_string();
    }
    counted(tick as usize)
}

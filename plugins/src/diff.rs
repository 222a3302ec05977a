//! What differs between two texts, line by line, with a little of what is around it.

/// Lines compared in full; longer texts are compared from their first difference on.
const MAX_LINES: usize = 2000;
/// Equal lines shown around a difference.
const AROUND: usize = 2;
/// Lines shown of all differences.
const MAX_SHOWN: usize = 60;

/// The differences, `-` before lines of `expected` and `+` before lines of `real`; `None` where there are none.
pub fn difference(expected: &str, real: &str) -> Option<String> {
    if expected == real {
        return None;
    }
    let (expected, real): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), real.lines().collect());
    let common = expected.iter().zip(&real).take_while(|(a, b)| a == b).count();
    let skip = common.saturating_sub(AROUND);
    let head = |lines: &[&'_ str]| -> Vec<String> {
        lines.iter().skip(skip).take(MAX_LINES).map(|line| (*line).to_owned()).collect()
    };
    let (left, right) = (head(&expected), head(&real));
    let mut shown = format!("  line {}\n", skip.saturating_add(1));
    let script = script(&left, &right);
    let changed = |at: usize| script.get(at).is_some_and(|(sign, _)| *sign != ' ');
    let mut lines = 0_usize;
    for (at, (sign, line)) in script.iter().enumerate() {
        if !(at.saturating_sub(AROUND)..=at.saturating_add(AROUND)).any(changed) {
            continue;
        }
        if lines >= MAX_SHOWN {
            shown.push_str("  …\n");
            break;
        }
        lines = lines.saturating_add(1);
        let line: String = line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        shown.push(*sign);
        shown.push(' ');
        shown.push_str(&line);
        shown.push('\n');
    }
    if lines == 0 {
        shown.push_str("  only the ends of lines differ\n");
    }
    Some(shown)
}

/// Lines that are taken away, added or kept, from the longest common subsequence.
fn script<'l>(left: &'l [String], right: &'l [String]) -> Vec<(char, &'l str)> {
    let width = right.len().saturating_add(1);
    // Longest common subsequence of the ends from (row, column) on.
    let mut lengths = vec![0_u16; left.len().saturating_add(1).saturating_mul(width)];
    let at = |row: usize, column: usize| row.saturating_mul(width).saturating_add(column);
    for (row, a) in left.iter().enumerate().rev() {
        for (column, b) in right.iter().enumerate().rev() {
            let get = |row, column| lengths.get(at(row, column)).copied().unwrap_or(0);
            let (below, beside) = (row.saturating_add(1), column.saturating_add(1));
            let best = if a == b {
                get(below, beside).saturating_add(1)
            } else {
                get(below, column).max(get(row, beside))
            };
            if let Some(slot) = lengths.get_mut(at(row, column)) {
                *slot = best;
            }
        }
    }
    let get = |row, column| lengths.get(at(row, column)).copied().unwrap_or(0);
    let (mut row, mut column, mut lines) = (0_usize, 0_usize, Vec::new());
    loop {
        let (below, beside) = (row.saturating_add(1), column.saturating_add(1));
        match (left.get(row), right.get(column)) {
            (Some(a), Some(b)) if a == b => {
                lines.push((' ', a.as_str()));
                (row, column) = (below, beside);
            }
            (Some(a), b) if b.is_none() || get(below, column) >= get(row, beside) => {
                lines.push(('-', a.as_str()));
                row = below;
            }
            (_, Some(b)) => {
                lines.push(('+', b.as_str()));
                column = beside;
            }
            (_, None) => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_line_stands_between_its_neighbours() {
        let shown = difference("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nX\ne\nf\n").expect("they differ");
        assert_eq!(shown, "  line 2\n  b\n  c\n- d\n+ X\n  e\n  f\n");
        assert_eq!(difference("a\n", "a\n"), None);
    }

    #[test]
    fn surplus_and_missing_lines_are_both_seen() {
        assert!(difference("a\n", "a\nb\n").is_some_and(|shown| shown.contains("+ b")));
        assert!(difference("a\nb\n", "a\n").is_some_and(|shown| shown.contains("- b")));
        assert!(difference("a\n", "a").is_some_and(|shown| shown.contains("ends of lines")));
    }
}

//! How much faster one clock runs than the other, from the delays between two points.
//!
//! Waiting in queues only adds to a delay, so the least delays of each stretch of time lie on a line whose slope is the drift. As in
//! S. Moon, P. Skelly, D. Towsley, "Estimation and removal of clock skew from network delay measurements" (1999), it is the line that lies below all
//! delays and nearest to them: the edge of their convex hull at the mean moment. Here the least of each of [`STRETCHES`] stretches stand for
//! all. Of packets that go the other way the hull lies above. Both ways must agree: a route that became slower tilts one alone.

use super::delays::{Delay, Delays};

/// Stretches of time.
const STRETCHES: usize = 64;
/// Stretches with packets below which nothing is said.
const FEWEST: usize = 8;
/// How far a slope must stand out of its own uncertainty.
const CERTAIN: f64 = 6.0;
/// Nanoseconds that clocks and stamps are uncertain by at least.
const GRAIN: f64 = 500.0;

/// A slope, and how certain it is: the inverse of its variance.
#[derive(Clone, Copy, Debug)]
struct Slope {
    slope: f64,
    weight: f64,
}

/// What the second clock gains on the first, in nanoseconds a nanosecond; `None` where that cannot be told from no drift. `there` and `back`:
/// delays of packets that go from the first point to the second, and the other way.
pub(super) fn drift<'d>(
    there: impl Iterator<Item = &'d Delays>,
    back: impl Iterator<Item = &'d Delays>,
) -> Option<f64> {
    let there = mean(there.filter_map(|delays| slope(&delays.sample, 1)));
    let back = mean(back.filter_map(|delays| slope(&delays.sample, -1)));
    let both = mean([there, back].into_iter().flatten())?;
    if both.slope.abs() * both.weight.sqrt() < CERTAIN {
        return None;
    }
    if let (Some(there), Some(back)) = (there, back)
        && (there.slope - back.slope).abs() > both.slope.abs() / 2.0
    {
        return None;
    }
    Some(both.slope)
}

/// The mean by weight.
fn mean(slopes: impl Iterator<Item = Slope>) -> Option<Slope> {
    let (sum, weight) =
        slopes.fold((0.0, 0.0), |(sum, weight), one| (sum + one.slope * one.weight, weight + one.weight));
    (weight > 0.0).then(|| Slope { slope: sum / weight, weight })
}

/// The slope of a direction's least delays. `sign`: -1 where delays are those of the other way, less than nothing.
fn slope(sample: &[Delay], sign: i64) -> Option<Slope> {
    let (first, last) = (sample.iter().map(|one| one.at).min()?, sample.iter().map(|one| one.at).max()?);
    let span = last.saturating_sub(first).max(1) as f64;
    let mut least: [Option<(f64, f64)>; STRETCHES] = [None; STRETCHES];
    for one in sample {
        let at = one.at.saturating_sub(first) as f64;
        let place = (at / span * STRETCHES as f64) as usize;
        let delay = one.delay.saturating_mul(sign) as f64;
        if let Some(slot) = least.get_mut(place.min(STRETCHES.saturating_sub(1)))
            && slot.is_none_or(|(_, known)| delay < known)
        {
            *slot = Some((at, delay));
        }
    }
    let points: Vec<(f64, f64)> = least.into_iter().flatten().collect();
    if points.len() < FEWEST {
        return None;
    }
    let middle = points.iter().map(|(at, _)| at).sum::<f64>() / points.len() as f64;
    let ((x0, y0), (x1, y1)) = edge(&points, middle)?;
    let slope = (y1 - y0) / (x1 - x0);
    let mut above: Vec<f64> = points.iter().map(|(at, delay)| delay - (y0 + slope * (at - x0))).collect();
    above.sort_unstable_by(f64::total_cmp);
    let spread = above.get(above.len() / 2).copied().unwrap_or(0.0) + GRAIN;
    let reach = points.last()?.0 - points.first()?.0;
    Some(Slope { slope: slope * sign as f64, weight: (reach / spread).powi(2) })
}

/// The edge of the lower hull of points in the order of their moments that lies below a moment.
fn edge(points: &[(f64, f64)], middle: f64) -> Option<((f64, f64), (f64, f64))> {
    let mut hull: Vec<(f64, f64)> = Vec::new();
    for point in points {
        while let [.., a, b] = hull.as_slice() {
            let turn = (b.0 - a.0) * (point.1 - a.1) - (b.1 - a.1) * (point.0 - a.0);
            if turn > 0.0 {
                break;
            }
            hull.pop();
        }
        hull.push(*point);
    }
    let pairs = || hull.iter().zip(hull.iter().skip(1)).filter(|(a, b)| b.0 > a.0);
    let found = pairs().find(|(_, b)| b.0 >= middle).or_else(|| pairs().next_back())?;
    Some((*found.0, *found.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Delays of a second's packets, each waiting for some time.
    fn delays(drift: f64, sign: i64, later: i64) -> Delays {
        let mut delays = Delays::default();
        let mut dice = 7_u64;
        for number in 0..4000_i64 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = number.saturating_mul(250_000);
            let waits = ((dice >> 46) as i64).saturating_add(if number > 2000 { later } else { 0 });
            let delay = sign.saturating_mul(waits.saturating_add(200_000));
            delays.push(at, delay.saturating_add((at as f64 * drift) as i64), true);
        }
        delays
    }

    #[test]
    fn a_drift_comes_out_of_one_direction_or_both() {
        for part in [80e-6, -300e-6] {
            let (there, back) = (delays(part, 1, 0), delays(part, -1, 0));
            for found in [
                drift([&there].into_iter(), [&back].into_iter()),
                drift([&there].into_iter(), [].into_iter()),
            ] {
                assert!((found.expect("it is told") - part).abs() < 15e-6, "{found:?} of {part}");
            }
        }
    }

    #[test]
    fn waiting_and_slower_routes_are_no_drift() {
        let (there, back) = (delays(0.0, 1, 0), delays(0.0, -1, 0));
        assert_eq!(drift([&there].into_iter(), [&back].into_iter()), None);
        let slower = delays(0.0, 1, 300_000);
        assert_eq!(drift([&slower].into_iter(), [&back].into_iter()), None);
    }
}

//! Packets sent, one way: at once, or each at its time.

use crate::packets::Stream;
use crate::tx::{self, BATCH, Begin, Pace, Sent, Transmitter};
use nettool_capture::live::{Signal, Signals};
use std::time::{Duration, Instant};

/// How to send.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The interface to send from; else where the routing table says.
    pub interface: Option<String>,
    /// Straight to the driver.
    pub bypass: bool,
    /// So many packets, starting again where there are fewer; `None`: those that there are.
    pub count: Option<u64>,
    /// Again and again, until a signal comes.
    pub for_ever: bool,
    /// When packets are due; else as fast as they are taken.
    pub rate: Option<Rate>,
}

/// When packets are due.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Rate {
    /// One each interval.
    Every(Duration),
    /// So many a second.
    PerSecond(f64),
}

/// The account of a run.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// What the kernel has taken.
    pub sent: Sent,
    /// From the first packet to the last.
    pub elapsed: Duration,
    /// How late packets were handed over, where each had its time.
    pub lateness: Option<tx::Lateness>,
    /// Whether a signal ended it.
    pub interrupted: bool,
}

/// Why sending ended early.
#[derive(Debug)]
pub enum Failure<M> {
    /// The interface cannot be opened.
    Opening(tx::Error),
    /// The packet with this number, from 1, or those sent together with it.
    Sending(u64, tx::Error),
    /// A packet could not be made.
    Making(M),
}

/// Sends. `account` tells how many went out, on failures too.
///
/// # Errors
/// What keeps it from going on.
pub fn send<P: Stream>(
    packets: &mut P,
    settings: &Settings,
    signals: &Signals,
    account: &mut Account,
) -> Result<(), Failure<P::Error>> {
    let mut transmitter =
        Transmitter::new(settings.interface.as_deref(), settings.bypass).map_err(Failure::Opening)?;
    let pace = settings.rate.map(|rate| match rate {
        Rate::Every(interval) => Pace::every(interval),
        Rate::PerSecond(rate) => Pace::per_second(rate),
    });
    let start = Instant::now();
    let mut run = Run { packets, settings, pace, made: 0, made_this_round: false };
    let done = run.go(&mut transmitter, signals, account);
    account.sent = transmitter.sent();
    account.elapsed = start.elapsed();
    account.lateness = run.pace.map(|pace| pace.lateness().clone());
    done
}

struct Run<'a, P> {
    packets: &'a mut P,
    settings: &'a Settings,
    pace: Option<Pace>,
    made: u64,
    made_this_round: bool,
}

impl<P: Stream> Run<'_, P> {
    fn go(
        &mut self,
        transmitter: &mut Transmitter,
        signals: &Signals,
        account: &mut Account,
    ) -> Result<(), Failure<P::Error>> {
        let mut batch: Vec<(Begin, Vec<u8>)> = Vec::new();
        loop {
            while let Some(signal) = signals.next() {
                if signal == Signal::Stop {
                    account.interrupted = true;
                    return Ok(());
                }
            }
            let due = match &self.pace {
                None => BATCH,
                Some(pace) => match pace.due(BATCH) {
                    0 => {
                        pace.wait();
                        continue;
                    }
                    due => due,
                },
            };
            let left = self.settings.count.map_or(u64::MAX, |count| count.saturating_sub(self.made));
            let wanted = due.min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = self.fill(&mut batch, wanted)?;
            let batch = batch.get(..count).unwrap_or_default();
            if batch.is_empty() {
                return Ok(());
            }
            // Its number, should one of them not be sent.
            let first = self.made.saturating_sub(count as u64).saturating_add(1);
            let before = transmitter.sent().frames;
            self.send(transmitter, batch).map_err(|error| {
                let sent = transmitter.sent().frames.saturating_sub(before);
                Failure::Sending(first.saturating_add(sent), error)
            })?;
            if let Some(pace) = &mut self.pace {
                pace.sent(count);
            }
        }
    }

    fn send(&self, transmitter: &mut Transmitter, batch: &[(Begin, Vec<u8>)]) -> Result<(), tx::Error> {
        transmitter.prepare(batch.iter().map(|(begin, octets)| (*begin, &**octets)))?;
        for (begin, octets) in batch {
            if let Err(error) = transmitter.send(*begin, octets) {
                // Those before it are not to blame.
                transmitter.flush()?;
                return Err(error);
            }
        }
        transmitter.flush()
    }

    /// Makes up to `wanted` packets and tells how many.
    fn fill(&mut self, batch: &mut Vec<(Begin, Vec<u8>)>, wanted: usize) -> Result<usize, Failure<P::Error>> {
        let mut count = 0;
        while count < wanted {
            if batch.len() == count {
                batch.push((Begin::Link, Vec::new()));
            }
            let Some((begin, octets)) = batch.get_mut(count) else { break };
            octets.clear();
            match self.packets.next(octets).map_err(Failure::Making)? {
                Some(found) => {
                    *begin = found;
                    self.made_this_round = true;
                    self.made = self.made.saturating_add(1);
                    count += 1;
                }
                None => {
                    let again = self.settings.for_ever || self.settings.count.is_some();
                    if !again || !std::mem::take(&mut self.made_this_round) {
                        break;
                    }
                    if !self.packets.restart().map_err(Failure::Making)? {
                        break;
                    }
                }
            }
        }
        Ok(count)
    }
}

//! What answers what, by the rules that `nettool ask` has.

use super::first_link;
use super::functions::octets_of;
use super::packet::PacketValue;
use crate::craft::from_octets;
use nettool_dissect::decode::Settings;
use nettool_dissect::flow::Pairing;
use std::collections::{HashMap, VecDeque};

/// Whether a packet answers another one, as whoever waits for it would look it up.
pub(crate) fn answers(answer: &PacketValue, request: &PacketValue) -> starlark::Result<bool> {
    let mut pairing = Pairing::new(answer.catalog().registry(), Settings::default());
    let (asked, said) = (octets_of(request)?, octets_of(answer)?);
    let link = |packet: &PacketValue| first_link(packet.catalog(), &packet.packet()).0;
    let asked = pairing.request(&from_octets::frame(&asked, link(request)), false);
    let found = pairing.answer(&from_octets::frame(&said, link(answer)));
    let Some(filed) = asked.answer else { return Ok(false) };
    Ok(match (asked.open, found.quote) {
        (_, Some(quote)) => asked.quote == Some(quote),
        (false, None) => found.exact().any(|key| key == filed),
        (true, None) => found.open().any(|key| key == filed),
    })
}

/// How a request is filed.
#[derive(PartialEq, Eq, Hash)]
enum Filed {
    Exact(u64),
    Open(u64),
    Quoted(u64),
}

/// The places of packets and of the later ones that answer them, in the order of what is asked. Each packet is in one pair at most.
pub(crate) fn paired(packets: &[PacketValue]) -> starlark::Result<Vec<(usize, usize)>> {
    let Some(first) = packets.first() else { return Ok(Vec::new()) };
    let mut pairing = Pairing::new(first.catalog().registry(), Settings::default());
    let mut filed: HashMap<Filed, VecDeque<usize>> = HashMap::new();
    let mut answered = vec![false; packets.len()];
    let mut pairs = Vec::new();
    for (at, packet) in packets.iter().enumerate() {
        let octets = octets_of(packet)?;
        let link = first_link(packet.catalog(), &packet.packet()).0;
        let said = pairing.answer(&from_octets::frame(&octets, link));
        let keys: Vec<Filed> = match said.quote {
            Some(quote) => vec![Filed::Quoted(quote)],
            None => said.exact().map(Filed::Exact).chain(said.open().map(Filed::Open)).collect(),
        };
        let request = keys.iter().find_map(|key| {
            let waiting = filed.get_mut(key)?;
            std::iter::from_fn(|| waiting.pop_front()).find(|request| answered.get(*request) == Some(&false))
        });
        if let Some(request) = request {
            if let Some(known) = answered.get_mut(request) {
                *known = true;
            }
            pairs.push((request, at));
            continue;
        }
        let asked = pairing.request(&from_octets::frame(&octets, link), false);
        if let Some(key) = asked.answer {
            let key = if asked.open { Filed::Open(key) } else { Filed::Exact(key) };
            filed.entry(key).or_default().push_back(at);
            if let Some(quote) = asked.quote {
                filed.entry(Filed::Quoted(quote)).or_default().push_back(at);
            }
        }
    }
    pairs.sort_unstable();
    Ok(pairs)
}

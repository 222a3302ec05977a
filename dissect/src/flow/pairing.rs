//! Keys by which an answer finds its request, from the rules that protocols declare ([`crate::schema::Pair`]).
//!
//! A request gives one key for its answer and one for an error message that quotes it. A frame that may be an answer gives a
//! key for each layer that it reaches, the deepest last: a request is filed under its deepest, and the answer may have more
//! layers than the request had. Keys are seeded hashes of 64 bits: two different requests that wait at the same time
//! share one by an accident that nobody on the wire can arrange.
//!
//! A packet in a tunnel is filed by itself, from its own network layer on: the outer ports of VXLAN and GENEVE are not turned around in answers,
//! and each direction may have a tunnel of its own.

use super::reassembly::{Joined, Segment};
use super::scan::Scan;
use crate::decode::{Decoder, Dissection, Node, Plan, Settings, Surroundings};
use crate::frame::{Frame, LinkType};
use crate::hash::{FlowHasher, Seeded};
use crate::registry::{FieldId, ProtoId, Registry};
use crate::schema::{ETHER_TYPE, IP_PROTO, Kind, Pair, Protocol, TCP_PORT, UDP_PORT};
use std::hash::{BuildHasher, Hasher};

/// Layers with rules that a key takes in: tunnels in tunnels end somewhere.
const MOST_LAYERS: usize = 12;

/// Messages of one protocol that are told apart in a frame; further ones count as one with the last.
const MOST_MESSAGES: usize = 64;

/// Fields of a layer that rules speak of and that are there.
const MOST_FIELDS: usize = 12;

/// What a request is filed under.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// What its answer is looked up by; `None` when it is no request by its protocols' rules.
    pub answer: Option<u64>,
    /// Whether anybody may answer, so that the answer's looser keys are to be tried.
    pub open: bool,
    /// What an error message about it is looked up by.
    pub quote: Option<u64>,
}

/// What a frame may be the answer to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Answer {
    keys: [(u64, u64); MOST_LAYERS],
    depth: usize,
    /// For error messages: the request that it quotes.
    pub quote: Option<u64>,
}

impl Answer {
    /// Keys of requests to one host, deepest first.
    pub fn exact(&self) -> impl Iterator<Item = u64> + '_ {
        self.keys.iter().take(self.depth).rev().map(|(exact, _)| *exact)
    }

    /// Keys of requests that anybody may answer, deepest first.
    pub fn open(&self) -> impl Iterator<Item = u64> + '_ {
        self.keys.iter().take(self.depth).rev().map(|(_, open)| *open)
    }
}

/// What a message is filed under and looked up by, of one decode.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Keys {
    /// As a request: see [`Request::answer`].
    pub request: Option<u64>,
    /// What an error message about it is looked up by, if it is a request.
    pub quote: Option<u64>,
    /// As an answer.
    pub answer: Answer,
    /// The protocol whose requests have names of their own (identifiers, kinds), if the innermost is one.
    pub service: Option<ProtoId>,
}

/// A rule over numbered fields.
#[derive(Clone, Debug)]
enum Rule {
    Swapped(FieldId, FieldId),
    Hosts(FieldId, FieldId),
    Same(FieldId),
    Echoed(FieldId, FieldId),
    Turned(FieldId, Vec<(u64, u64)>),
    Within(FieldId),
    Quoted(FieldId),
    Quotes(FieldId, Vec<u64>),
}

/// The rules of a protocol.
#[derive(Clone, Debug)]
struct Rules {
    protocol: ProtoId,
    rules: Vec<Rule>,
    /// Whether it addresses hosts: an error message quotes packets from such a layer on.
    network: bool,
    /// Whether a packet begins with it that says by itself who asks whom: IP and ARP.
    begins: bool,
    /// Whether it can pair at all: a VLAN alone cannot.
    pairs: bool,
    /// Whether its messages say by themselves which belong together: ports alone do not.
    names: bool,
}

/// What a field holds, hashed; and for addresses whether they name one host.
#[derive(Clone, Copy)]
struct Held {
    field: FieldId,
    word: u64,
    host: bool,
}

/// A layer with rules, and the fields that they speak of.
struct Layer<'p> {
    rules: &'p Rules,
    held: [Option<Held>; MOST_FIELDS],
}

impl Layer<'_> {
    fn get(&self, field: FieldId) -> Option<Held> {
        self.held.iter().flatten().find(|held| held.field == field).copied()
    }

    fn word(&self, field: FieldId) -> u64 {
        self.get(field).map_or(0, |held| held.word)
    }

    fn put(&mut self, held: Held) {
        if let Some(slot) = self.held.iter_mut().find(|slot| slot.is_none()) {
            *slot = Some(held);
        }
    }

    /// Whether the layer is an error message about the packet that it quotes.
    fn quotes(&self) -> bool {
        self.rules.rules.iter().any(|rule| match rule {
            Rule::Quotes(field, kinds) => self.get(*field).is_some_and(|held| kinds.contains(&held.word)),
            _ => false,
        })
    }
}

/// The rules of a registry's protocols, ready for use. Those of protocols whose fields are made later are made when a frame has
/// such a layer.
pub struct Pairing<'r> {
    registry: &'r Registry,
    settings: Settings,
    decoder: Decoder<'r>,
    seed: Seeded,
    /// By field: the rules of the protocol whose layer node it is.
    layers: Vec<Option<u16>>,
    /// By field: whether a rule speaks of it.
    wanted: Vec<bool>,
    /// By field: whether its octets, not its number, are its value.
    octets: Vec<bool>,
    rules: Vec<Rules>,
    /// Every field that frames are decoded for.
    fields: Vec<FieldId>,
    /// By field: whether it is the layer node of a protocol whose rules are not made yet.
    later: Vec<bool>,
    found: Dissection,
}

/// Puts a value in a list by field.
fn put<T: Clone + Default>(list: &mut Vec<T>, field: FieldId, value: T) {
    let at = usize::from(field.0);
    if list.len() <= at {
        list.resize(at.saturating_add(1), T::default());
    }
    if let Some(slot) = list.get_mut(at) {
        *slot = value;
    }
}

impl<'r> Pairing<'r> {
    /// The rules of all protocols.
    pub fn new(registry: &'r Registry, settings: Settings) -> Self {
        let mut pairing = Pairing {
            registry,
            settings,
            decoder: Decoder::new(registry),
            seed: Seeded::default(),
            layers: Vec::new(),
            wanted: Vec::new(),
            octets: Vec::new(),
            rules: Vec::new(),
            fields: Vec::new(),
            later: Vec::new(),
            found: Dissection::default(),
        };
        for (id, protocol) in (0..=u16::MAX).map(ProtoId).zip(registry.protocols()) {
            let Some(layer) = registry.layer_field(id).filter(|_| !protocol.answers.is_empty()) else {
                continue;
            };
            pairing.fields.push(layer);
            // Most frames have a network and a transport layer.
            let common = protocol.on.iter().any(|(table, _)| matches!(*table, ETHER_TYPE | IP_PROTO));
            if protocol.is_later() && !common {
                put(&mut pairing.later, layer, true);
            } else {
                pairing.add(id, protocol, layer);
            }
        }
        pairing.plan();
        pairing
    }

    /// Takes a protocol's rules in.
    fn add(&mut self, id: ProtoId, protocol: &Protocol, layer: FieldId) {
        let of = |name: &str| self.registry.local(protocol, name);
        let rules: Vec<Rule> = protocol.answers.iter().filter_map(|pair| compile(pair, of)).collect();
        for field in protocol.answers.iter().flat_map(Pair::fields).filter_map(of) {
            let kind = self.registry.field(field).map(|info| info.field.kind);
            put(&mut self.wanted, field, true);
            put(&mut self.octets, field, matches!(kind, Some(Kind::Ipv6 | Kind::Bytes | Kind::Text)));
            self.fields.push(field);
        }
        put(&mut self.layers, layer, u16::try_from(self.rules.len()).ok());
        self.rules.push(Rules {
            protocol: id,
            network: rules.iter().any(|rule| matches!(rule, Rule::Hosts(..))),
            names: !rules.iter().any(|rule| matches!(rule, Rule::Hosts(..)))
                && rules
                    .iter()
                    .any(|rule| matches!(rule, Rule::Same(_) | Rule::Turned(..) | Rule::Echoed(..))),
            begins: protocol.on.iter().any(|(table, _)| *table == ETHER_TYPE)
                && rules.iter().any(|rule| !matches!(rule, Rule::Within(_))),
            pairs: rules.iter().any(|rule| !matches!(rule, Rule::Within(_))),
            rules,
        });
    }

    /// Decodes for the fields that the rules speak of from now on.
    fn plan(&mut self) {
        let plan = Plan::of(self.registry, self.fields.iter().copied());
        self.decoder = Decoder::with_plan(self.registry, plan).settings(self.settings.clone());
    }

    /// Makes the rules of the layers that were found and have none yet; whether there were any.
    fn add_found(&mut self) -> bool {
        let is_later = |field: &FieldId| self.later.get(usize::from(field.0)) == Some(&true);
        let mut found: Vec<FieldId> =
            self.found.nodes.iter().map(|node| node.field).filter(is_later).collect();
        if found.is_empty() {
            return false;
        }
        found.sort_unstable();
        found.dedup();
        for layer in found {
            put(&mut self.later, layer, false);
            let id = self.registry.field(layer).map(|info| info.protocol);
            if let Some((id, protocol)) = id.and_then(|id| Some((id, self.registry.protocol(id)?))) {
                self.add(id, protocol, layer);
            }
        }
        self.plan();
        true
    }

    /// What a frame is filed under as a request. `everyone`: it goes to all hosts of a network, which its addresses alone do not say.
    pub fn request(&mut self, frame: &Frame<'_>, everyone: bool) -> Request {
        let seed = self.seed;
        let mut keys = RequestKeys::new(&seed, everyone);
        self.each_layer(frame, None, |layer| {
            if layer.rules.begins && keys.depth > 0 {
                keys = RequestKeys::new(&seed, everyone);
            }
            keys.take(layer, everyone);
        });
        Request {
            answer: (keys.is_request && keys.depth > 0).then(|| keys.answer.finish()),
            open: keys.open,
            quote: keys.quote.key(),
        }
    }

    /// Both at once, for frames that somebody else exchanged: puts into `out` the keys of each message, of which there are several where those of
    /// one protocol stand side by side (DNS over TCP), otherwise one. `joined`: what the frame completes.
    pub fn keys(&mut self, frame: &Frame<'_>, joined: Option<&Joined>, out: &mut Vec<Keys>) {
        let seed = self.seed;
        let most = out.len().saturating_add(MOST_MESSAGES - 1);
        let mut chain = Chain::new(&seed);
        // How the keys stood before the latest message.
        let mut before = chain;
        self.each_layer(frame, joined, |layer| {
            if chain.service == Some(layer.rules.protocol) && !chain.answer.quoting && out.len() < most {
                out.push(chain.keys());
                chain = before;
            } else if layer.rules.names {
                before = chain;
            }
            chain.take(layer, &seed);
        });
        out.push(chain.keys());
    }

    /// Whether what a frame completes changes its messages: they lie behind several frames, or one that begins in it is not whole.
    pub fn depends_on(&self, joined: &Joined) -> bool {
        let in_order = |segment: &Segment| segment.asks > 0 || !segment.answers.is_empty();
        let concerns = |segment: &&Segment| {
            !in_order(segment) && segment.protocol.is_some_and(|protocol| self.decoder.reaches(protocol))
        };
        joined.datagram.is_some()
            || joined.segment.as_ref().filter(concerns).is_some()
            || joined.inner.as_deref().is_some_and(|inner| self.depends_on(inner))
    }

    /// Whether a frame's keys tell nothing: its ports lead to no protocol whose messages say by themselves which belong together, and
    /// it quotes no packet. `scan` is what stands in its headers. False also where more has to be read to tell.
    #[inline]
    pub fn is_silent(&self, scan: &Scan<'_>, link_type: LinkType) -> bool {
        let Some((from, to)) = scan.ports.filter(|_| scan.fragment.is_none()) else { return false };
        if link_type != LinkType::ETHERNET || !matches!(scan.ether_type, 0x0800 | 0x86dd) {
            return false;
        }
        let (table, data) = match scan.protocol {
            6 => match scan.tcp() {
                Some(segment) => (TCP_PORT, segment.data),
                None => return false,
            },
            17 => match scan.payload.split_at_checked(8) {
                Some(([.., l0, l1, _, _], data))
                    if usize::from(u16::from_be_bytes([*l0, *l1])) == scan.payload_len =>
                {
                    (UDP_PORT, data)
                }
                _ => return false,
            },
            _ => return false,
        };
        let registry = self.registry;
        let next = || {
            let by_ports = registry.next_by_ports(table, from, to, data);
            by_ports.or_else(|| registry.next_by_look(table, data))
        };
        data.is_empty() || next().is_none_or(|id| !self.decoder.reaches(id))
    }

    /// What a frame may be the answer to.
    pub fn answer(&mut self, frame: &Frame<'_>) -> Answer {
        let seed = self.seed;
        let mut answer = AnswerKeys::new(&seed);
        self.each_layer(frame, None, |layer| answer.take(layer, &seed));
        answer.done()
    }

    fn each_layer(&mut self, frame: &Frame<'_>, joined: Option<&Joined>, mut visit: impl FnMut(&Layer<'_>)) {
        let around = Surroundings { joined, ..Surroundings::default() };
        self.decoder.decode(frame, &around, &mut self.found);
        if self.add_found() {
            self.decoder.decode(frame, &around, &mut self.found);
        }
        let mut current: Option<Layer<'_>> = None;
        for node in &self.found.nodes {
            let at = usize::from(node.field.0);
            if let Some(rules) =
                self.layers.get(at).copied().flatten().and_then(|at| self.rules.get(usize::from(at)))
            {
                let next = Layer { rules, held: [None; MOST_FIELDS] };
                if let Some(done) = current.replace(next) {
                    visit(&done);
                }
            } else if let Some(layer) = current.as_mut().filter(|_| self.wanted.get(at) == Some(&true)) {
                layer.put(self.held(frame, node));
            }
        }
        if let Some(done) = current {
            visit(&done);
        }
    }

    fn held(&self, frame: &Frame<'_>, node: &Node) -> Held {
        if self.octets.get(usize::from(node.field.0)) == Some(&true) {
            let octets = self.found.octets(frame, node);
            let mut hasher: FlowHasher = self.seed.build_hasher();
            hasher.write(octets);
            let host = octets.first() != Some(&0xff) && octets.iter().any(|octet| *octet != 0);
            Held { field: node.field, word: hasher.finish(), host }
        } else {
            let host = node.value != 0 && node.value >> 28 != 0xe && node.value != 0xffff_ffff;
            Held { field: node.field, word: node.value, host }
        }
    }
}

/// The keys of a message in the making, layer by layer.
#[derive(Clone, Copy)]
struct Chain {
    request: RequestKeys,
    answer: AnswerKeys,
    service: Option<ProtoId>,
}

impl Chain {
    fn new(seed: &Seeded) -> Self {
        Chain { request: RequestKeys::new(seed, false), answer: AnswerKeys::new(seed), service: None }
    }

    fn take(&mut self, layer: &Layer<'_>, seed: &Seeded) {
        if layer.rules.begins && self.request.depth > 0 && !self.answer.quoting {
            self.request = RequestKeys::new(seed, false);
        }
        self.answer.take(layer, seed);
        if !self.answer.quoting {
            self.request.take(layer, false);
            self.service = layer.rules.names.then_some(layer.rules.protocol);
        }
    }

    fn keys(&self) -> Keys {
        let Chain { request, answer, service } = self;
        let quoting = answer.quoting;
        let is_request = request.is_request && request.depth > 0 && !quoting;
        Keys {
            request: is_request.then(|| request.answer.finish()),
            quote: request.quote.key().filter(|_| is_request),
            answer: answer.done(),
            service: service.filter(|_| !quoting),
        }
    }
}

#[derive(Clone, Copy)]
struct RequestKeys {
    answer: FlowHasher,
    is_request: bool,
    depth: usize,
    open: bool,
    quote: Quote,
}

impl RequestKeys {
    fn new(seed: &Seeded, everyone: bool) -> Self {
        RequestKeys {
            answer: seed.build_hasher(),
            is_request: true,
            depth: 0,
            open: everyone,
            quote: Quote::new(seed),
        }
    }

    fn take(&mut self, layer: &Layer<'_>, everyone: bool) {
        self.quote.take(layer);
        if self.depth >= MOST_LAYERS {
            return;
        }
        self.answer.write_u16(layer.rules.protocol.0);
        for rule in &layer.rules.rules {
            match rule {
                Rule::Hosts(from, to) => {
                    let both = layer.get(*from).zip(layer.get(*to));
                    match both.filter(|(from, to)| from.host && to.host && !everyone) {
                        Some((from, to)) => fold(&mut self.answer, from.word, to.word),
                        None => {
                            self.open = true;
                            fold(&mut self.answer, 0, 0);
                        }
                    }
                }
                Rule::Swapped(from, to) => fold(&mut self.answer, layer.word(*from), layer.word(*to)),
                Rule::Same(field) | Rule::Within(field) | Rule::Echoed(field, _) => {
                    self.answer.write_u64(layer.word(*field));
                }
                Rule::Turned(field, kinds) => {
                    let held = layer.word(*field);
                    self.is_request &= kinds.iter().any(|(request, _)| *request == held);
                    self.answer.write_u64(held);
                }
                Rule::Quoted(_) | Rule::Quotes(..) => {}
            }
        }
        self.depth = self.depth.saturating_add(usize::from(layer.rules.pairs));
    }
}

#[derive(Clone, Copy)]
struct AnswerKeys {
    exact: FlowHasher,
    open: FlowHasher,
    answer: Answer,
    is_answer: bool,
    /// Whether what follows is what an error message quotes.
    quoting: bool,
    quote: Quote,
}

impl AnswerKeys {
    fn new(seed: &Seeded) -> Self {
        AnswerKeys {
            exact: seed.build_hasher(),
            open: seed.build_hasher(),
            answer: Answer::default(),
            is_answer: true,
            quoting: false,
            quote: Quote::new(seed),
        }
    }

    fn take(&mut self, layer: &Layer<'_>, seed: &Seeded) {
        if self.quoting {
            if layer.rules.begins && self.quote.layers > 0 {
                self.quote = Quote::new(seed);
            }
            return self.quote.take(layer);
        }
        if layer.rules.begins && self.answer.depth > 0 {
            *self = AnswerKeys::new(seed);
        }
        self.quoting = layer.quotes();
        if self.quoting || !self.is_answer {
            return;
        }
        self.is_answer = fold_answer(layer, &mut self.exact, &mut self.open);
        if let Some(slot) = self.answer.keys.get_mut(self.answer.depth).filter(|_| layer.rules.pairs) {
            *slot = (self.exact.finish(), self.open.finish());
            self.answer.depth = self.answer.depth.saturating_add(1);
        }
    }

    fn done(self) -> Answer {
        let depth = if self.quoting || !self.is_answer { 0 } else { self.answer.depth };
        Answer { depth, quote: self.quote.key().filter(|_| self.quoting), ..self.answer }
    }
}

/// Takes a layer of an answer into both keys; false when it is none by its kind.
fn fold_answer(layer: &Layer<'_>, exact: &mut FlowHasher, open: &mut FlowHasher) -> bool {
    exact.write_u16(layer.rules.protocol.0);
    open.write_u16(layer.rules.protocol.0);
    for rule in &layer.rules.rules {
        let word = match rule {
            Rule::Hosts(from, to) => {
                fold(exact, layer.word(*to), layer.word(*from));
                fold(open, 0, 0);
                continue;
            }
            Rule::Swapped(from, to) => {
                fold(exact, layer.word(*to), layer.word(*from));
                fold(open, layer.word(*to), layer.word(*from));
                continue;
            }
            Rule::Same(field) | Rule::Within(field) | Rule::Echoed(_, field) => layer.word(*field),
            Rule::Turned(field, kinds) => {
                let held = layer.word(*field);
                match kinds.iter().find(|(_, answer)| *answer == held) {
                    Some((request, _)) => *request,
                    None => return false,
                }
            }
            Rule::Quoted(_) | Rule::Quotes(..) => continue,
        };
        exact.write_u64(word);
        open.write_u64(word);
    }
    true
}

fn fold(hasher: &mut FlowHasher, first: u64, second: u64) {
    hasher.write_u64(first);
    hasher.write_u64(second);
}

/// The key of a packet as error messages quote it: its network layer and what follows, of which 8 octets are sure to be there
/// (RFC 792).
#[derive(Clone, Copy)]
struct Quote {
    hasher: FlowHasher,
    layers: u8,
}

impl Quote {
    fn new(seed: &Seeded) -> Quote {
        Quote { hasher: seed.build_hasher(), layers: 0 }
    }

    fn take(&mut self, layer: &Layer<'_>) {
        let begins = self.layers == 0 && layer.rules.network;
        let follows = self.layers == 1 && !layer.rules.network;
        if !begins && !follows {
            return;
        }
        self.layers = self.layers.saturating_add(1);
        self.hasher.write_u16(layer.rules.protocol.0);
        for rule in &layer.rules.rules {
            match rule {
                Rule::Hosts(a, b) | Rule::Swapped(a, b) => {
                    fold(&mut self.hasher, layer.word(*a), layer.word(*b));
                }
                Rule::Same(field) | Rule::Turned(field, _) | Rule::Quoted(field) => {
                    self.hasher.write_u64(layer.word(*field));
                }
                // What lies behind the first octets may not be there.
                Rule::Echoed(..) | Rule::Within(_) | Rule::Quotes(..) => {}
            }
        }
    }

    fn key(&self) -> Option<u64> {
        (self.layers > 0).then(|| self.hasher.finish())
    }
}

fn compile(pair: &Pair, of: impl Fn(&str) -> Option<FieldId>) -> Option<Rule> {
    Some(match pair {
        Pair::Swapped(from, to) => Rule::Swapped(of(from)?, of(to)?),
        Pair::Hosts(from, to) => Rule::Hosts(of(from)?, of(to)?),
        Pair::Same(field) => Rule::Same(of(field)?),
        Pair::Echoed(request, answer) => Rule::Echoed(of(request)?, of(answer)?),
        Pair::Turned(field, kinds) => Rule::Turned(of(field)?, kinds.clone()),
        Pair::Within(field) => Rule::Within(of(field)?),
        Pair::Quoted(field) => Rule::Quoted(of(field)?),
        Pair::Quotes(field, kinds) => Rule::Quotes(of(field)?, kinds.clone()),
    })
}

#[cfg(test)]
mod tests;

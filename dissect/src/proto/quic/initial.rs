//! The protection of Initial packets. Its keys follow from the connection identifier that the client chose first, which stands
//! in its packets: anyone can take it off (RFC 9001 §5.2–5.4, RFC 9369 §3.3).
//!
//! The server's Initial packets, and the client's behind its answer, bear other identifiers: what the client's first packet said
//! is kept from frame to frame (`flow::quic`).

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aes::Aes128;
use aes_gcm::aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use aes_gcm::{AeadInOut, Aes128Gcm, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;

const SALT_1: [u8; 20] = *b"\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a";
const SALT_2: [u8; 20] = *b"\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9";
/// Drafts 29 to 32, and 23 to 28.
const SALT_29: [u8; 20] =
    *b"\xaf\xbf\xec\x28\x99\x93\xd2\x4c\x9e\x97\x86\xf1\x9c\x61\x11\xe0\x43\x90\xa8\x99";
const SALT_23: [u8; 20] =
    *b"\xc3\xee\xf7\x12\xc7\x2e\xbb\x5a\x11\xa7\xd2\x43\x2b\xb4\x63\x65\xbe\xf9\xf5\x02";

/// Octets of the tag at a packet's end.
const TAG: usize = 16;

/// What opens the Initial packets of one side.
pub(crate) struct Keys {
    payload: Aes128Gcm,
    nonce: [u8; 12],
    header: Aes128,
}

/// A packet without its protection.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opened {
    /// The first octet.
    pub first: u8,
    /// The packet number, and the octets that it takes.
    pub number: u64,
    /// So many.
    pub number_octets: usize,
    /// The frames.
    pub frames: Vec<u8>,
}

/// Who sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sender {
    /// Who began the connection.
    Client,
    /// Who answers.
    Server,
}

impl Keys {
    /// A side's, by the destination of the client's first packet.
    pub(crate) fn of(version: u32, destination: &[u8], sender: Sender) -> Option<Keys> {
        let (salt, labels) = match version {
            1 => (SALT_1, ["quic key", "quic iv", "quic hp"]),
            0x6b33_43cf => (SALT_2, ["quicv2 key", "quicv2 iv", "quicv2 hp"]),
            0xff00_001d..=0xff00_0020 => (SALT_29, ["quic key", "quic iv", "quic hp"]),
            0xff00_0017..=0xff00_001c => (SALT_23, ["quic key", "quic iv", "quic hp"]),
            _ => return None,
        };
        let (_, initial) = Hkdf::<Sha256>::extract(Some(&salt), destination);
        let side = if sender == Sender::Client { "client in" } else { "server in" };
        let secret: [u8; 32] = expanded(&initial, side)?;
        let secret = Hkdf::from_prk(&secret).ok()?;
        let [key, nonce, header] = labels;
        Some(Keys {
            payload: Aes128Gcm::new(&Array(expanded(&secret, key)?)),
            nonce: expanded(&secret, nonce)?,
            header: Aes128::new(&Array(expanded(&secret, header)?)),
        })
    }

    /// Opens a packet whose number stands behind `header` octets; `None` when it is none of this side's, or not whole. `next`: one
    /// more than the largest number of the side so far.
    pub(crate) fn open(&self, packet: &[u8], header: usize, next: u64) -> Option<Opened> {
        let sample = packet.get(header.checked_add(4)?..)?.first_chunk::<16>()?;
        let mut mask = Array(*sample);
        self.header.encrypt_block(&mut mask);
        let [bits, covers @ ..] = mask.0;
        let first = packet.first()? ^ bits & 15;
        let number_octets = usize::from(first & 3).saturating_add(1);
        let frames_at = header.checked_add(number_octets)?;
        // The header without its protection is what the tag covers beside the frames.
        let mut head = packet.get(..frames_at)?.to_vec();
        *head.first_mut()? = first;
        head.iter_mut().skip(header).zip(covers).for_each(|(octet, cover)| *octet ^= cover);
        let number = head.iter().skip(header).fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
        let number = whole_number(number, number_octets, next);
        let mut nonce = self.nonce;
        nonce.iter_mut().skip(4).zip(number.to_be_bytes()).for_each(|(octet, other)| *octet ^= other);
        let (frames, tag) = packet.get(frames_at..)?.split_last_chunk::<TAG>()?;
        let mut frames = frames.to_vec();
        let (nonce, tag) = (Nonce::from(nonce), Tag::from(*tag));
        let buffer = InOutBuf::from(frames.as_mut_slice());
        self.payload.decrypt_inout_detached(&nonce, &head, buffer, &tag).ok()?;
        Some(Opened { first, number, number_octets, frames })
    }
}

/// A packet number of which so many octets were sent (RFC 9000 §A.3).
fn whole_number(sent: u64, octets: usize, next: u64) -> u64 {
    let window = 1_u64 << octets.min(4).saturating_mul(8);
    let near = next & !window.saturating_sub(1) | sent;
    let half = window >> 1;
    if near.saturating_add(half) <= next && near < (1_u64 << 62).saturating_sub(window) {
        near.saturating_add(window)
    } else if near > next.saturating_add(half) && near >= window {
        near.saturating_sub(window)
    } else {
        near
    }
}

/// HKDF-Expand-Label with an empty context (RFC 8446 §7.1).
fn expanded<const N: usize>(secret: &Hkdf<Sha256>, label: &str) -> Option<[u8; N]> {
    let octets = (N as u16).to_be_bytes();
    let label_len = [label.len().saturating_add(6) as u8];
    let mut out = [0; N];
    let info: [&[u8]; 5] = [&octets, &label_len, b"tls13 ", label.as_bytes(), &[0]];
    secret.expand_multi_info(&info, &mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(hex: &str) -> Vec<u8> {
        let pairs = hex.as_bytes().as_chunks::<2>().0.iter();
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    #[test]
    fn keys_are_those_of_the_standards_example() {
        // RFC 9001 §A.1.
        let destination = octets("8394c8f03e515708");
        let (_, initial) = Hkdf::<Sha256>::extract(Some(&SALT_1), &destination);
        let client: [u8; 32] = expanded(&initial, "client in").unwrap();
        assert_eq!(
            client.to_vec(),
            octets("c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea")
        );
        let client = Hkdf::from_prk(&client).unwrap();
        let derived = [
            expanded::<16>(&client, "quic key").unwrap().to_vec(),
            expanded::<12>(&client, "quic iv").unwrap().to_vec(),
            expanded::<16>(&client, "quic hp").unwrap().to_vec(),
        ];
        let wanted = [
            "1f369613dd76d5467730efcbe3b1a22d",
            "fa044b2f42a3fd3b46fb255c",
            "9f50449e04a0e810283a1e9933adedd2",
        ];
        assert_eq!(derived, wanted.map(octets));
    }

    #[test]
    fn a_packet_that_is_not_the_clients_stays_closed() {
        let keys = Keys::of(1, &[1, 2, 3, 4, 5, 6, 7, 8], Sender::Client).unwrap();
        assert!(keys.open(&[0xc3; 60], 18, 0).is_none());
        assert!(keys.open(&[0xc3; 20], 18, 0).is_none());
        assert!(Keys::of(0x1a2a_3a4a, &[1], Sender::Client).is_none());
    }

    #[test]
    fn a_packet_number_is_the_one_nearest_to_what_is_next() {
        // RFC 9000 §A.3.
        assert_eq!(whole_number(0x9b32, 2, 0xa82f_30eb), 0xa82f_9b32);
        assert_eq!(whole_number(0, 1, 0), 0);
        assert_eq!(whole_number(0x2c, 1, 300), 300);
        assert_eq!(whole_number(0, 1, 255), 256);
        assert_eq!(whole_number(0xff, 1, 256), 255);
        assert_eq!(whole_number(u64::from(u32::MAX), 4, u64::MAX >> 2), u64::MAX >> 2);
    }
}

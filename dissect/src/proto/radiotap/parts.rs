//! Parts of radiotap's numbers, by bits from the lowest on.

use crate::decode::Walk;
use crate::schema::{Field, bits, flag};

/// Name of the whole, first bit, width, name, what it is.
const PARTS: &[(&str, u32, u32, &str, &str)] = &[
    ("flags", 0, 1, "flags.cfp", "sent in the contention-free period"),
    ("flags", 1, 1, "flags.preamble", "short preamble"),
    ("flags", 2, 1, "flags.wep", "encrypted with WEP"),
    ("flags", 3, 1, "flags.frag", "fragmented"),
    ("flags", 4, 1, "flags.fcs", "the frame check sequence is there"),
    ("flags", 5, 1, "flags.datapad", "header and payload are padded to 32 bits"),
    ("flags", 6, 1, "flags.badfcs", "the frame check sequence is wrong"),
    ("flags", 7, 1, "flags.shortgi", "short guard interval"),
    ("channel.flags", 0, 1, "channel.flags.700mhz", "700 MHz"),
    ("channel.flags", 1, 1, "channel.flags.800mhz", "800 MHz"),
    ("channel.flags", 2, 1, "channel.flags.900mhz", "900 MHz"),
    ("channel.flags", 4, 1, "channel.flags.turbo", "turbo"),
    ("channel.flags", 5, 1, "channel.flags.cck", "complementary code keying"),
    ("channel.flags", 6, 1, "channel.flags.ofdm", "orthogonal frequency division"),
    ("channel.flags", 7, 1, "channel.flags.2ghz", "2 GHz"),
    ("channel.flags", 8, 1, "channel.flags.5ghz", "5 GHz"),
    ("channel.flags", 9, 1, "channel.flags.passive", "only passive scans"),
    ("channel.flags", 10, 1, "channel.flags.dynamic", "code keying and frequency division"),
    ("channel.flags", 11, 1, "channel.flags.gfsk", "Gaussian frequency shift keying"),
    ("channel.flags", 12, 1, "channel.flags.gsm", "GSM at 900 MHz"),
    ("channel.flags", 13, 1, "channel.flags.sturbo", "static turbo"),
    ("channel.flags", 14, 1, "channel.flags.half", "channel of 10 MHz"),
    ("channel.flags", 15, 1, "channel.flags.quarter", "channel of 5 MHz"),
    ("xchannel.flags", 4, 1, "xchannel.flags.turbo", "turbo"),
    ("xchannel.flags", 5, 1, "xchannel.flags.cck", "complementary code keying"),
    ("xchannel.flags", 6, 1, "xchannel.flags.ofdm", "orthogonal frequency division"),
    ("xchannel.flags", 7, 1, "xchannel.flags.2ghz", "2 GHz"),
    ("xchannel.flags", 8, 1, "xchannel.flags.5ghz", "5 GHz"),
    ("xchannel.flags", 9, 1, "channel.xtype.passive", "only passive scans"),
    ("xchannel.flags", 10, 1, "xchannel.flags.dynamic", "code keying and frequency division"),
    ("xchannel.flags", 11, 1, "xchannel.flags.gfsk", "Gaussian frequency shift keying"),
    ("xchannel.flags", 12, 1, "xchannel.flags.gsm", "GSM at 900 MHz"),
    ("xchannel.flags", 13, 1, "xchannel.flags.sturbo", "static turbo"),
    ("xchannel.flags", 14, 1, "xchannel.flags.half", "channel of 10 MHz"),
    ("xchannel.flags", 15, 1, "xchannel.flags.quarter", "channel of 5 MHz"),
    ("xchannel.flags", 16, 1, "xchannel.flags.ht20", "HT at 20 MHz"),
    ("xchannel.flags", 17, 1, "xchannel.flags.ht40u", "HT at 40 MHz, extended above"),
    ("xchannel.flags", 18, 1, "xchannel.flags.ht40d", "HT at 40 MHz, extended below"),
    ("rxflags", 1, 1, "rxflags.badplcp", "the PLCP check failed"),
    ("txflags", 0, 1, "txflags.fail", "too many retries"),
    ("txflags", 1, 1, "txflags.cts", "sent with CTS"),
    ("txflags", 2, 1, "txflags.rts", "sent with RTS"),
    ("txflags", 3, 1, "txflags.noack", "no acknowledgement is expected"),
    ("txflags", 4, 1, "txflags.noseqno", "the sequence number was there already"),
    ("mcs.known", 0, 1, "mcs.have_bw", "bandwidth is known"),
    ("mcs.known", 1, 1, "mcs.have_index", "scheme is known"),
    ("mcs.known", 2, 1, "mcs.have_gi", "guard interval is known"),
    ("mcs.known", 3, 1, "mcs.have_format", "format is known"),
    ("mcs.known", 4, 1, "mcs.have_fec", "error correction is known"),
    ("mcs.known", 5, 1, "mcs.have_stbc", "space-time block code is known"),
    ("mcs.known", 6, 1, "mcs.have_ness", "extension streams is known"),
    ("mcs.known", 7, 1, "mcs.ness_bit1", "upper bit of the extension streams"),
    ("mcs.flags", 0, 2, "mcs.bw", "bandwidth"),
    ("mcs.flags", 2, 1, "mcs.gi", "short guard interval"),
    ("mcs.flags", 3, 1, "mcs.format", "greenfield"),
    ("mcs.flags", 4, 1, "mcs.fec", "LDPC"),
    ("mcs.flags", 5, 2, "mcs.stbc", "streams of the space-time block code"),
    ("mcs.flags", 7, 1, "mcs.ness_bit0", "lower bit of the extension streams"),
    ("ampdu.flags", 0, 1, "ampdu.flags.report_zerolen", "subframes without octets are reported"),
    ("ampdu.flags", 1, 1, "ampdu.flags.is_zerolen", "a subframe without octets"),
    ("ampdu.flags", 2, 1, "ampdu.flags.lastknown", "the last subframe is known"),
    ("ampdu.flags", 3, 1, "ampdu.flags.last", "last subframe"),
    ("ampdu.flags", 4, 1, "ampdu.flags.delim_crc_error", "the CRC of the delimiter is wrong"),
    ("ampdu.flags", 6, 1, "ampdu.flags.eof", "end of the frame"),
    ("ampdu.flags", 7, 1, "ampdu.flags.eof_known", "end of the frame is known"),
    ("vht.known", 0, 1, "vht.have_stbc", "space-time block code is known"),
    ("vht.known", 1, 1, "vht.have_txop_ps", "TXOP_PS_NOT_ALLOWED is known"),
    ("vht.known", 2, 1, "vht.have_gi", "guard interval is known"),
    ("vht.known", 3, 1, "vht.have_sgi_nsym_da", "disambiguation of the short guard interval is known"),
    ("vht.known", 4, 1, "vht.ldpc_extra", "extra symbol of LDPC is known"),
    ("vht.known", 5, 1, "vht.have_beamformed", "beamforming is known"),
    ("vht.known", 6, 1, "vht.have_bw", "bandwidth is known"),
    ("vht.known", 7, 1, "mcs.have_gid", "group is known"),
    ("vht.known", 8, 1, "mcs.have_paid", "partial association identifier is known"),
    ("vht.flags", 0, 1, "vht.stbc", "space-time block code"),
    ("vht.flags", 1, 1, "vht.txop_ps", "stations may not sleep within the transmit opportunity"),
    ("vht.flags", 2, 1, "vht.gi", "short guard interval"),
    ("vht.flags", 3, 1, "vht.sgi_nsym_da", "disambiguation of the short guard interval"),
    ("vht.flags", 4, 1, "vht.ldpc_extra", "extra symbol of LDPC"),
    ("vht.flags", 5, 1, "vht.beamformed", "beamformed"),
    ("timestamp.unit_spos", 0, 4, "timestamp.unit", "unit: 0 ms, 1 us, 3 ns"),
    ("timestamp.unit_spos", 4, 4, "timestamp.samplingpos", "where it was taken"),
    ("timestamp.flags", 0, 1, "timestamp.flags.32bit", "32 bits are valid"),
    ("timestamp.flags", 1, 1, "timestamp.flags.accuracy", "the accuracy is known"),
    ("l_sig.data1", 0, 1, "l_sig.rate_known", "rate is known"),
    ("l_sig.data1", 1, 1, "l_sig.length_known", "length is known"),
    ("l_sig.data1", 2, 14, "l_sig.reserved", "reserved"),
    ("l_sig.data2", 0, 4, "l_sig.rate", "rate"),
    ("l_sig.data2", 4, 12, "l_sig.length", "length"),
    ("he.data_1", 0, 2, "he.data_1.ppdu_format", "format: 0 SU, 1 extended SU, 2 MU, 3 trigger based"),
    ("he.data_1", 2, 1, "he.data_1.bss_color_known", "colour of the cell is known"),
    ("he.data_1", 3, 1, "he.data_1.beam_change_known", "beam change is known"),
    ("he.data_1", 4, 1, "he.data_1.ul_dl_known", "direction is known"),
    ("he.data_1", 5, 1, "he.data_1.data_mcs_known", "scheme is known"),
    ("he.data_1", 6, 1, "he.data_1.data_dcm_known", "dual carrier modulation is known"),
    ("he.data_1", 7, 1, "he.data_1.coding_known", "coding is known"),
    ("he.data_1", 8, 1, "he.data_1.ldpc_extra_symbol_segment_known", "extra symbol of LDPC is known"),
    ("he.data_1", 9, 1, "he.data_1.stbc_known", "space-time block code is known"),
    ("he.data_1", 10, 1, "he.data_1.spatial_reuse_1_known", "spatial reuse 1 is known"),
    ("he.data_1", 11, 1, "he.data_1.spatial_reuse_2_known", "spatial reuse 2 is known"),
    ("he.data_1", 12, 1, "he.data_1.spatial_reuse_3_known", "spatial reuse 3 is known"),
    ("he.data_1", 13, 1, "he.data_1.spatial_reuse_4_known", "spatial reuse 4 is known"),
    ("he.data_1", 14, 1, "he.data_1.data_bw_ru_allocation_known", "bandwidth or resource unit is known"),
    ("he.data_1", 15, 1, "he.data_1.doppler_known", "Doppler is known"),
    ("he.data_2", 0, 1, "he.data_2.pri_sec_80_mhz_known", "primary or secondary 80 MHz is known"),
    ("he.data_2", 1, 1, "he.data_2.gi_known", "guard interval is known"),
    ("he.data_2", 2, 1, "he.data_2.num_ltf_symbols_known", "count of LTF symbols is known"),
    ("he.data_2", 3, 1, "he.data_2.pre_fec_padding_factor_known", "padding before error correction is known"),
    ("he.data_2", 4, 1, "he.data_2.txbf_known", "transmit beamforming is known"),
    ("he.data_2", 5, 1, "he.data_2.pe_disambiguity_known", "disambiguation of the packet extension is known"),
    ("he.data_2", 6, 1, "he.data_2.txop_known", "transmit opportunity is known"),
    ("he.data_2", 7, 1, "he.data_2.midamble_periodicity_known", "period of midambles is known"),
    ("he.data_2", 8, 6, "he.data_2.ru_allocation_offset", "offset of the resource unit"),
    ("he.data_2", 14, 1, "he.data_2.ru_allocation_offseti_known", "offset of the resource unit is known"),
    ("he.data_2", 15, 1, "he.data_2.pri_sec_80_mhz", "secondary 80 MHz"),
];

/// What HE fields say where others say that it is known: word, first bit, width, name, what it is, and word and bit that say so.
const EFFICIENCY: &[(usize, u32, u32, &str, &str, usize, u32)] = &[
    (2, 0, 6, "he.data_3.bss_color", "colour of the cell", 0, 2),
    (2, 6, 1, "he.data_3.beam_change", "beam change", 0, 3),
    (2, 7, 1, "he.data_3.ul_dl", "uplink", 0, 4),
    (2, 8, 4, "he.data_3.data_mcs", "scheme", 0, 5),
    (2, 12, 1, "he.data_3.data_dcm", "dual carrier modulation", 0, 6),
    (2, 13, 1, "he.data_3.coding", "LDPC", 0, 7),
    (2, 14, 1, "he.data_3.ldpc_extra_symbol_segment", "extra symbol of LDPC", 0, 8),
    (2, 15, 1, "he.data_3.stbc", "space-time block code", 0, 9),
    (4, 0, 4, "he.data_5.data_bw_ru_allocation", "bandwidth or resource unit", 0, 14),
    (4, 4, 2, "he.data_5.gi", "guard interval: 0 0.8 us, 1 1.6 us, 2 3.2 us", 1, 1),
    (4, 6, 2, "he.data_5.ltf_symbol_size", "size of an LTF symbol: 1 1x, 2 2x, 3 4x", 1, 1),
    (4, 8, 3, "he.num_ltf_symbols", "count of LTF symbols", 1, 2),
    (4, 12, 2, "he.pre_fec_padding_factor", "padding before error correction", 1, 3),
    (4, 14, 1, "he.txbf", "transmit beamforming", 1, 4),
    (4, 15, 1, "he.pe_disambiguity", "disambiguation of the packet extension", 1, 5),
    (5, 4, 1, "he.data_6.doppler_value", "Doppler", 0, 15),
    (5, 8, 7, "he.data_6.txop_value", "transmit opportunity", 1, 6),
    (5, 15, 1, "he.data_6.midamble_periodicity", "period of midambles: 20 symbols, not 10", 1, 7),
];

type ByFormat = (usize, u32, u32, &'static str, &'static str, &'static [u64], u32);

/// What HE fields mean by the format: word, first bit, width, name, what it is, formats, and the bit of the first word that says that
/// it is known.
const BY_FORMAT: &[ByFormat] = &[
    (3, 0, 4, "he.data_4.spatial_reuse", "spatial reuse", &[0, 1, 2], 10),
    (3, 4, 11, "he.data_4.sta_id_user", "station", &[2], 11),
    (3, 0, 4, "he.data_4.spatial_reuse_1", "spatial reuse 1", &[3], 10),
    (3, 4, 4, "he.data_4.spatial_reuse_2", "spatial reuse 2", &[3], 11),
    (3, 8, 4, "he.data_4.spatial_reuse_3", "spatial reuse 3", &[3], 12),
    (3, 12, 4, "he.data_4.spatial_reuse_4", "spatial reuse 4", &[3], 13),
];

fn one(name: &'static str, width: u32, doc: &'static str) -> Field {
    let field = if width == 1 { flag(name) } else { bits(name, u16::try_from(width).unwrap_or(16)) };
    field.doc(doc)
}

/// All parts.
pub(super) fn fields() -> impl Iterator<Item = Field> {
    // Wireshark has one name for two bits.
    let twice = |whole: &str, name: &str| whole == "vht.flags" && name == "vht.ldpc_extra";
    let plain = PARTS
        .iter()
        .filter(move |(whole, _, _, name, _)| !twice(whole, name))
        .map(|(_, _, width, name, doc)| one(name, *width, doc));
    let known = EFFICIENCY.iter().map(|(_, _, width, name, doc, ..)| one(name, *width, doc));
    let by_format = BY_FORMAT.iter().map(|(_, _, width, name, doc, ..)| one(name, *width, doc));
    plain
        .chain(known)
        .chain(by_format)
        .chain([bits("he.data_6.nsts", 4).doc("space-time streams")])
        .chain(super::rates::fields())
}

fn part(value: u64, shift: u32, width: u32) -> u64 {
    value >> shift & (1_u64 << width).saturating_sub(1)
}

/// The parts of the number `whole`.
pub(super) fn emit(walk: &mut Walk<'_, '_>, whole: &str, at: usize, size: usize, value: u64) {
    for (_, shift, width, name, _) in PARTS.iter().filter(|(of, ..)| *of == whole) {
        walk.emit(name, at, size, part(value, *shift, *width));
    }
}

/// What the six words of HE say beyond what is known.
pub(super) fn high_efficiency(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let word = |number: usize| {
        let octets = octets.get(number.saturating_mul(2)..).and_then(<[u8]>::first_chunk);
        octets.map_or(0, |pair| u64::from(u16::from_le_bytes(*pair)))
    };
    let place = |number: usize| at.saturating_add(number.saturating_mul(2));
    for (number, shift, width, name, _, known, bit) in EFFICIENCY {
        if word(*known) >> bit & 1 == 1 {
            walk.emit(name, place(*number), 2, part(word(*number), *shift, *width));
        }
    }
    let format = word(0) & 3;
    for (number, shift, width, name, _, formats, bit) in BY_FORMAT {
        if formats.contains(&format) && word(0) >> bit & 1 == 1 {
            walk.emit(name, place(*number), 2, part(word(*number), *shift, *width));
        }
    }
    walk.emit("he.data_6.nsts", place(5), 2, part(word(5), 0, 4));
}

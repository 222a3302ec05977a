//! Numbers of IEEE 802.11 frames by their bits, see [`super::bits`]; names are Wireshark's, those of the crafter scapy's.
//! IEEE Std 802.11-2020 §9.4.

use super::bits::Bits;

pub(super) const CAPABILITIES: &[Bits] = &[
    Bits("fixed.capabilities.ess", 0, 1, "", "infrastructure"),
    Bits("fixed.capabilities.ibss", 1, 1, "", "ad hoc"),
    Bits("fixed.capabilities.reserved1", 2, 1, "", "contention-free pollable"),
    Bits("fixed.capabilities.reserved2", 3, 1, "", "contention-free poll requested"),
    Bits("fixed.capabilities.privacy", 4, 1, "", "encryption is required"),
    Bits("fixed.capabilities.short_preamble", 5, 1, "", "short preamble"),
    Bits("fixed.capabilities.reserved3", 6, 1, "", "reserved"),
    Bits("fixed.capabilities.reserved4", 7, 1, "", "reserved"),
    Bits("fixed.capabilities.spec_man", 8, 1, "", "spectrum management"),
    Bits("fixed.capabilities.qos", 9, 1, "", "quality of service"),
    Bits("fixed.capabilities.short_slot_time", 10, 1, "", "short slot time"),
    Bits("fixed.capabilities.apsd", 11, 1, "", "automatic power save delivery"),
    Bits("fixed.capabilities.radio_measurement", 12, 1, "", "radio measurement"),
    Bits("fixed.capabilities.epd", 13, 1, "", "EtherType protocol discrimination"),
    Bits("fixed.capabilities.reserved5", 14, 1, "", "reserved"),
    Bits("fixed.capabilities.reserved6", 15, 1, "", "reserved"),
];

pub(super) const HT_CAPABILITIES: &[Bits] = &[
    Bits("ht.capabilities.ldpccoding", 0, 1, "LDPC_Coding_Capability", "LDPC coding"),
    Bits("ht.capabilities.width", 1, 1, "Supported_Channel_Width", "40 MHz"),
    Bits("ht.capabilities.sm", 2, 2, "SM_Power_Save", "spatial multiplexing power save"),
    Bits("ht.capabilities.green", 4, 1, "Green_Field", "greenfield"),
    Bits("ht.capabilities.short20", 5, 1, "Short_GI_20Mhz", "short guard interval at 20 MHz"),
    Bits("ht.capabilities.short40", 6, 1, "Short_GI_40Mhz", "short guard interval at 40 MHz"),
    Bits("ht.capabilities.txstbc", 7, 1, "Tx_STBC", "space-time block codes are sent"),
    Bits("ht.capabilities.rxstbc", 8, 2, "Rx_STBC", "space-time block codes are received"),
    Bits("ht.capabilities.delayedblockack", 10, 1, "Delayed_BlockAck", "delayed block acknowledgement"),
    Bits("ht.capabilities.amsdu", 11, 1, "Max_A_MSDU", "aggregates of 7935 octets"),
    Bits("ht.capabilities.dsscck", 12, 1, "DSSS_CCK", "DSSS and CCK at 40 MHz"),
    Bits("ht.capabilities.psmp", 13, 1, "PSMP", "power save multi-poll"),
    Bits("ht.capabilities.40mhzintolerant", 14, 1, "Forty_Mhz_Intolerant", "40 MHz is not tolerated"),
    Bits("ht.capabilities.lsig", 15, 1, "L_SIG_TXOP_Protection", "L-SIG TXOP protection"),
];

pub(super) const HT_AMPDU: &[Bits] = &[
    Bits("ht.ampduparam.maxlength", 0, 2, "Max_A_MPDU_Length_Exponent", "exponent of the length"),
    Bits("ht.ampduparam.mpdudensity", 2, 3, "Min_MPDCU_Start_Spacing", "smallest spacing"),
    Bits("ht.ampduparam.reserved", 5, 3, "res1", "reserved"),
];

pub(super) const HT_MCS: &[Bits] = &[
    Bits("ht.mcsset.rxbitmask.0to7", 0, 8, "", "received schemes 0 to 7"),
    Bits("ht.mcsset.rxbitmask.8to15", 8, 8, "", "received schemes 8 to 15"),
    Bits("ht.mcsset.rxbitmask.16to23", 16, 8, "", "received schemes 16 to 23"),
    Bits("ht.mcsset.rxbitmask.24to31", 24, 8, "", "received schemes 24 to 31"),
    Bits("ht.mcsset.rxbitmask.32", 32, 1, "", "received scheme 32"),
    Bits("ht.mcsset.rxbitmask.33to38", 33, 6, "", "received schemes 33 to 38"),
    Bits("ht.mcsset.rxbitmask.39to52", 39, 14, "", "received schemes 39 to 52"),
    Bits("ht.mcsset.rxbitmask.53to76", 53, 24, "", "received schemes 53 to 76"),
    Bits("ht.mcsset.highestdatarate", 80, 10, "", "highest received rate, Mbit/s"),
    Bits("ht.mcsset.txsetdefined", 96, 1, "", "schemes for sending are told"),
    Bits("ht.mcsset.txrxmcsnotequal", 97, 1, "", "schemes for sending are others"),
    Bits("ht.mcsset.txmaxss", 98, 2, "", "streams for sending, less 1"),
    Bits("ht.mcsset.txunequalmod", 100, 1, "", "unequal modulation when sending"),
];

pub(super) const HT_MCS_WRITTEN: &[Bits] = &[
    Bits("ht.written.rxbitmask", 0, 64, "RX_MSC_Bitmask", "received schemes"),
    Bits("ht.written.res4", 77, 3, "res4", "reserved"),
    Bits(
        "ht.written.highestdatarate",
        80,
        10,
        "RX_Highest_Supported_Data_Rate",
        "highest received rate, Mbit/s",
    ),
    Bits("ht.written.res3", 90, 6, "res3", "reserved"),
    Bits("ht.written.txsetdefined", 96, 1, "TX_MCS_Set_Defined", "schemes for sending are told"),
    Bits("ht.written.txrxmcsnotequal", 97, 1, "TX_RX_MCS_Set_Not_Equal", "schemes for sending are others"),
    Bits("ht.written.txmaxss", 98, 2, "TX_Max_Spatial_Streams", "streams for sending, less 1"),
    Bits("ht.written.txunequalmod", 100, 1, "TX_Unequal_Modulation", "unequal modulation when sending"),
    Bits("ht.written.res2", 101, 27, "res2", "reserved"),
];

pub(super) const HT_EXTENDED: &[Bits] = &[
    Bits("htex.capabilities.pco", 0, 1, "PCO", "phased coexistence"),
    Bits("htex.capabilities.transtime", 1, 2, "PCO_Transition_Time", "transition time"),
    Bits("htex.capabilities.mcs", 8, 2, "MCS_Feedback", "MCS feedback"),
    Bits("htex.capabilities.htc", 10, 1, "HTC_HT_Support", "HT control field"),
    Bits("htex.capabilities.rdresponder", 11, 1, "RD_Responder", "reverse direction responder"),
];

pub(super) const TXBF: &[Bits] = &[
    Bits("txbf.txbf", 0, 1, "Implicit_Transmit_Beamforming_Receiving", "implicit, receiving"),
    Bits("txbf.rxss", 1, 1, "Receive_Staggered_Sounding", "receives staggered sounding"),
    Bits("txbf.txss", 2, 1, "Transmit_Staggered_Sounding", "sends staggered sounding"),
    Bits("txbf.rxndp", 3, 1, "Receive_NDP", "receives null data packets"),
    Bits("txbf.txndp", 4, 1, "Transmit_NDP", "sends null data packets"),
    Bits("txbf.impltxbf", 5, 1, "Implicit_Trasmit_Beamforming", "implicit"),
    Bits("txbf.calibration", 6, 2, "Calibration", "calibration"),
    Bits("txbf.csi", 8, 1, "Explicit_CSI_Transmit_Beamforming", "explicit, channel state"),
    Bits("txbf.fm.uncompressed.tbf", 9, 1, "Explicit_Noncompressed_Steering", "explicit, not compressed"),
    Bits("txbf.fm.compressed.tbf", 10, 1, "Explicit_Compressed_Steering", "explicit, compressed"),
    Bits(
        "txbf.rcsi",
        11,
        2,
        "Explicit_Transmit_Beamforming_CSI_Feedback",
        "explicit feedback of the channel state",
    ),
    Bits(
        "txbf.fm.uncompressed.rbf",
        13,
        2,
        "Explicit_Noncompressed_Beamforming_Feedback",
        "explicit feedback, not compressed",
    ),
    Bits(
        "txbf.fm.compressed.bf",
        15,
        2,
        "Explicit_Compressed_Beamforming_Feedback",
        "explicit feedback, compressed",
    ),
    Bits("txbf.mingroup", 17, 2, "Minimal_Grouping", "minimal grouping"),
    Bits("txbf.csinumant", 19, 2, "CSI_n_Beamformer_Antennas_Supported", "antennas of the channel state"),
    Bits(
        "txbf.fm.uncompressed.maxant",
        21,
        2,
        "Noncompressed_Steering_n_Beamformer_Antennas_Supported",
        "antennas, not compressed",
    ),
    Bits(
        "txbf.fm.compressed.maxant",
        23,
        2,
        "Compressed_Steering_n_Beamformer_Antennas_Supported",
        "antennas, compressed",
    ),
    Bits("txbf.csi.maxrows", 25, 2, "CSI_max_n_Rows_Beamformer_Supported", "rows of the channel state"),
    Bits("txbf.channelest", 27, 2, "Channel_Estimation_Capability", "channel estimation"),
    Bits("txbf.reserved", 29, 3, "res7", "reserved"),
];

pub(super) const HT_INFO_1: &[Bits] = &[
    Bits("ht.info.secchanoffset", 0, 2, "secondary_channel_offset", "secondary channel"),
    Bits("ht.info.chanwidth", 2, 1, "channel_width", "40 MHz"),
    Bits("ht.info.rifs", 3, 1, "rifs_mode", "reduced interframe space"),
    Bits("ht.info.reserved_b4_b7", 4, 4, "reserved_1", "reserved"),
];

pub(super) const HT_INFO_2: &[Bits] = &[
    Bits("ht.info.ht_protection", 0, 2, "ht_protection", "protection"),
    Bits("ht.info.greenfield", 2, 1, "nongreenfield_ht_stas_present", "stations without greenfield"),
    Bits("ht.info.reserved_b11", 3, 1, "reserved_2", "reserved"),
    Bits("ht.info.obssnonht", 4, 1, "obss_non_ht_stas_present", "stations without HT in overlapping sets"),
    Bits("ht.info.chan_center_freq_seg_2", 5, 8, "", "second centre frequency"),
    Bits("ht.info.reserved_b21_b23", 13, 3, "", "reserved"),
];

pub(super) const HT_INFO_3: &[Bits] = &[
    Bits("ht.info.reserved_b24_b29", 0, 6, "", "reserved"),
    Bits("ht.info.dualbeacon", 6, 1, "dual_beacon", "dual beacon"),
    Bits("ht.info.dualcts", 7, 1, "dual_cts_protection", "dual CTS protection"),
    Bits("ht.info.secondarybeacon", 8, 1, "stbc_beacon", "secondary beacon"),
    Bits("ht.info.lsigprotsupport", 9, 1, "lsig_txop_protection_full_support", "L-SIG TXOP protection"),
    Bits("ht.info.pco.active", 10, 1, "pco_active", "phased coexistence is active"),
    Bits("ht.info.pco.phase", 11, 1, "pco_phase", "phase"),
    Bits("ht.info.reserved_b36_b39", 12, 4, "", "reserved"),
];

pub(super) const VHT_CAPABILITIES: &[Bits] = &[
    Bits("vht.capabilities.maxmpdulength", 0, 2, "", "largest frame"),
    Bits("vht.capabilities.supportedchanwidthset", 2, 2, "", "channel widths"),
    Bits("vht.capabilities.rxldpc", 4, 1, "", "LDPC is received"),
    Bits("vht.capabilities.short80", 5, 1, "", "short guard interval at 80 MHz"),
    Bits("vht.capabilities.short160", 6, 1, "", "short guard interval at 160 MHz"),
    Bits("vht.capabilities.txstbc", 7, 1, "", "space-time block codes are sent"),
    Bits("vht.capabilities.rxstbc", 8, 3, "", "space-time block codes are received"),
    Bits("vht.capabilities.subeamformer", 11, 1, "", "single-user beamformer"),
    Bits("vht.capabilities.subeamformee", 12, 1, "", "single-user beamformee"),
    Bits("vht.capabilities.beamformee_sts_cap", 13, 3, "", "streams as a beamformee"),
    Bits("vht.capabilities.soundingdimensions", 16, 3, "", "sounding dimensions"),
    Bits("vht.capabilities.mubeamformer", 19, 1, "", "multi-user beamformer"),
    Bits("vht.capabilities.mubeamformee", 20, 1, "", "multi-user beamformee"),
    Bits("vht.capabilities.vhttxopps", 21, 1, "", "power save within a transmit opportunity"),
    Bits("vht.capabilities.vhthtc", 22, 1, "", "HT control field"),
    Bits("vht.capabilities.maxampdu", 23, 3, "", "exponent of the length of aggregates"),
    Bits("vht.capabilities.linkadapt", 26, 2, "", "link adaptation"),
    Bits("vht.capabilities.rxpatconsist", 28, 1, "", "receive antenna pattern stays"),
    Bits("vht.capabilities.txpatconsist", 29, 1, "", "transmit antenna pattern stays"),
    Bits("vht.capabilities.ext_nss_bw_support", 30, 2, "", "extended bandwidths by streams"),
];

pub(super) const VHT_MCS: &[Bits] = &[
    Bits("vht.mcsset.rxmcsmap.ss1", 0, 2, "", "received schemes with 1 streams"),
    Bits("vht.mcsset.rxmcsmap.ss2", 2, 2, "", "received schemes with 2 streams"),
    Bits("vht.mcsset.rxmcsmap.ss3", 4, 2, "", "received schemes with 3 streams"),
    Bits("vht.mcsset.rxmcsmap.ss4", 6, 2, "", "received schemes with 4 streams"),
    Bits("vht.mcsset.rxmcsmap.ss5", 8, 2, "", "received schemes with 5 streams"),
    Bits("vht.mcsset.rxmcsmap.ss6", 10, 2, "", "received schemes with 6 streams"),
    Bits("vht.mcsset.rxmcsmap.ss7", 12, 2, "", "received schemes with 7 streams"),
    Bits("vht.mcsset.rxmcsmap.ss8", 14, 2, "", "received schemes with 8 streams"),
    Bits("vht.mcsset.rxmcsmap", 0, 16, "", "received schemes by streams"),
    Bits("vht.mcsset.rxhighestlonggirate", 16, 13, "", "highest received rate, Mbit/s"),
    Bits("vht.mcsset.max_nsts_total", 29, 3, "", "most streams"),
    Bits("vht.mcsset.txmcsmap", 32, 16, "", "sent schemes by streams"),
    Bits("vht.mcsset.txmcsmap.ss1", 32, 2, "", "sent schemes with 1 streams"),
    Bits("vht.mcsset.txmcsmap.ss2", 34, 2, "", "sent schemes with 2 streams"),
    Bits("vht.mcsset.txmcsmap.ss3", 36, 2, "", "sent schemes with 3 streams"),
    Bits("vht.mcsset.txmcsmap.ss4", 38, 2, "", "sent schemes with 4 streams"),
    Bits("vht.mcsset.txmcsmap.ss5", 40, 2, "", "sent schemes with 5 streams"),
    Bits("vht.mcsset.txmcsmap.ss6", 42, 2, "", "sent schemes with 6 streams"),
    Bits("vht.mcsset.txmcsmap.ss7", 44, 2, "", "sent schemes with 7 streams"),
    Bits("vht.mcsset.txmcsmap.ss8", 46, 2, "", "sent schemes with 8 streams"),
    Bits("vht.mcsset.txhighestlonggirate", 48, 13, "", "highest sent rate, Mbit/s"),
    Bits("vht.ncsset.ext_nss_bw_cap", 61, 1, "", "extended bandwidths by streams"),
    Bits("vht.ncsset.reserved", 62, 2, "", "reserved"),
];

pub(super) const VHT_BASIC: &[Bits] = &[
    Bits("vht.op.basicmcsmap.ss1", 0, 2, "", "basic schemes with 1 streams"),
    Bits("vht.op.basicmcsmap.ss2", 2, 2, "", "basic schemes with 2 streams"),
    Bits("vht.op.basicmcsmap.ss3", 4, 2, "", "basic schemes with 3 streams"),
    Bits("vht.op.basicmcsmap.ss4", 6, 2, "", "basic schemes with 4 streams"),
    Bits("vht.op.basicmcsmap.ss5", 8, 2, "", "basic schemes with 5 streams"),
    Bits("vht.op.basicmcsmap.ss6", 10, 2, "", "basic schemes with 6 streams"),
    Bits("vht.op.basicmcsmap.ss7", 12, 2, "", "basic schemes with 7 streams"),
    Bits("vht.op.basicmcsmap.ss8", 14, 2, "", "basic schemes with 8 streams"),
];

pub(super) const HE_OPERATION: &[Bits] = &[
    Bits("ext_tag.he_operation.default_pe_duration", 0, 3, "default_pe_duration", "default packet extension"),
    Bits("ext_tag.he_operation.twt_required", 3, 1, "twt_required", "target wake time is required"),
    Bits(
        "ext_tag.he_operation.txop_duration_rts_thresh",
        4,
        10,
        "txop_duration_rts_threshold",
        "transmit opportunities from which RTS is sent",
    ),
    Bits(
        "ext_tag.he_operation.vht_op_info_present",
        14,
        1,
        "vht_operation_info_present",
        "VHT operation is there",
    ),
    Bits("ext_tag.he_operation.co_hosted_bss", 15, 1, "co_hosted_bss", "co-hosted"),
    Bits("ext_tag.he_operation.er_su_disable", 16, 1, "er_su_disable", "no extended range"),
    Bits(
        "ext_tag.he_operation.6ghz_operation_information_present",
        17,
        1,
        "six_g_op_info_present",
        "6 GHz operation is there",
    ),
    Bits("ext_tag.he_operation.reserved_b16_b32", 18, 6, "", "reserved"),
];

pub(super) const HE_COLOR: &[Bits] = &[
    Bits("ext_tag.bss_color_information.bss_color", 0, 6, "bss_color", "colour"),
    Bits("ext_tag.bss_color_information.partial_bss_color", 6, 1, "partial_bss_color", "partial colour"),
    Bits(
        "ext_tag.bss_color_information.bss_color_disabled",
        7,
        1,
        "bss_color_disabled",
        "colour is not used",
    ),
];

pub(super) const HE_MCS: &[Bits] = &[
    Bits("ext_tag.he_operation.max_he_mcs_for_1_ss", 0, 2, "", "basic schemes with 1 streams"),
    Bits("ext_tag.he_operation.max_he_mcs_for_2_ss", 2, 2, "", "basic schemes with 2 streams"),
    Bits("ext_tag.he_operation.max_he_mcs_for_3_ss", 4, 2, "", "basic schemes with 3 streams"),
    Bits("ext_tag.he_operation.max_he_mcs_for_4_ss", 6, 2, "", "basic schemes with 4 streams"),
    Bits("ext_tag.he_operation.max_he_mcs_for_5_ss", 8, 2, "", "basic schemes with 5 streams"),
    Bits("ext_tag.he_operation.max_he_mcs_for_6_ss", 10, 2, "", "basic schemes with 6 streams"),
    Bits("ext_tag.he_operation.max_he_mcs_for_7_ss", 12, 2, "", "basic schemes with 7 streams"),
    Bits("ext_tag.he_operation.max_he_mcs_for_8_ss", 14, 2, "", "basic schemes with 8 streams"),
];

pub(super) const BA_CONTROL: &[Bits] = &[
    Bits("ba.control.ackpolicy", 0, 1, "", "no acknowledgement"),
    Bits("ba.control.ba_type", 1, 4, "", "kind"),
    Bits("ba.control.reserved", 5, 7, "", "reserved"),
    Bits("ba.basic.tidinfo", 12, 4, "", "traffic identifier"),
];

pub(super) const BA_PARAMETERS: &[Bits] = &[
    Bits("fixed.baparams.amsdu", 0, 1, "", "aggregates are permitted"),
    Bits("fixed.baparams.policy", 1, 1, "", "immediate"),
    Bits("fixed.baparams.tid", 2, 4, "", "traffic identifier"),
    Bits("fixed.baparams.buffersize", 6, 10, "", "frames"),
];

pub(super) const DELBA: &[Bits] = &[
    Bits("fixed.delba.param.reserved", 0, 11, "", "reserved"),
    Bits("fixed.delba.param.initiator", 11, 1, "", "told by the sender of the data"),
    Bits("fixed.delba.param.tid", 12, 4, "", "traffic identifier"),
];

pub(super) const SEQUENCE: &[Bits] = &[
    Bits("fixed.ssc.fragment", 0, 4, "", "fragment"),
    Bits("fixed.ssc.sequence", 4, 12, "", "sequence number"),
];

pub(super) const IDENTIFIER: &[Bits] = &[Bits("fixed.aid", 0, 14, "", "association identifier")];

#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| (nettool_fuzz::targets::craft::TARGET.run)(octets));

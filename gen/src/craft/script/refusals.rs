//! What scripts of scapy call that a description of packets has no use for: settings are taken and not looked at; what sends or
//! waits is another command's, and says so.

use super::functions::refused;
use allocative::Allocative;
use starlark::collections::SmallMap;
use starlark::environment::GlobalsBuilder;
use starlark::starlark_simple_value;
use starlark::values::none::NoneType;
use starlark::values::tuple::UnpackTuple;
use starlark::values::{
    Heap, NoSerialize, ProvidesStaticType, StarlarkPagable, StarlarkValue, Value, starlark_value,
};
use std::fmt;

/// scapy's settings.
#[derive(Debug, ProvidesStaticType, NoSerialize, Allocative, StarlarkPagable)]
struct Settings;

starlark_simple_value!(Settings);

impl fmt::Display for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("conf")
    }
}

#[starlark_value(type = "conf")]
impl<'v> StarlarkValue<'v> for Settings {
    fn set_attr(&self, _: &str, _: Value<'v>) -> starlark::Result<()> {
        Ok(())
    }

    fn get_attr(&self, _: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        Some(heap.alloc(Settings))
    }
}

pub(crate) fn constants(builder: &mut GlobalsBuilder) {
    builder.set("conf", builder.alloc(Settings));
}

/// Functions that send, and what does it here.
macro_rules! elsewhere {
    ($($name:ident $mend:literal)*) => {
        #[starlark::starlark_module]
        pub(crate) fn register(builder: &mut GlobalsBuilder) {
            $(
                #[doc = $mend]
                fn $name<'v>(
                    #[starlark(args)] given: UnpackTuple<Value<'v>>,
                    #[starlark(kwargs)] named: SmallMap<String, Value<'v>>,
                ) -> starlark::Result<NoneType> {
                    let _ = (given, named);
                    Err(refused(format!("`{}` is not for scripts: {}", stringify!($name), $mend)))
                }
            )*

            /// Protocols of scapy that are loaded on demand are there from the start.
            fn load_contrib(#[starlark(require = pos)] name: &str) -> starlark::Result<NoneType> {
                let _ = name;
                Ok(NoneType)
            }

            /// The same.
            fn load_layer(#[starlark(require = pos)] name: &str) -> starlark::Result<NoneType> {
                let _ = name;
                Ok(NoneType)
            }
        }
    };
}

elsewhere! {
    send "emit the packets, and `nettool send SCRIPT` sends them"
    sendp "emit the packets, and `nettool send -i IF SCRIPT` sends them"
    sendpfast "emit the packets, and `nettool send -i IF --pps N SCRIPT` sends them"
    sr "emit the packets, and `nettool ask SCRIPT` sends them and shows the answers"
    sr1 "emit the packet, and `nettool ask SCRIPT` sends it and shows the answer"
    srp "emit the packets, and `nettool ask -i IF SCRIPT` sends them and shows the answers"
    srp1 "emit the packet, and `nettool ask -i IF SCRIPT` sends it and shows the answer"
    srloop "emit the packets, and `nettool ask --loop SCRIPT` sends them again and again"
    srploop "emit the packets, and `nettool ask -i IF --loop SCRIPT` sends them again and again"
    traceroute "`nettool ask samples/traceroute.star` does it"
    arping "`nettool ask samples/arping.star` does it"
    bind_layers "a protocol on another port is a plugin's, `nettool plugins new`; `p.show()` of a layer that was put there needs none"
    split_layers "layers stand on each other as they are put there"
    input "give values with `--set NAME=VALUE`"
    PcapWriter "put packets in a list, and `wrpcap(\"out.pcap\", packets)` writes them"
    PcapNgWriter "put packets in a list, and `wrpcap(\"out.pcapng\", packets)` writes them"
    eval "a text is no script: put what it makes in a function"
    exec "a text is no script: `load(\"file.star\", \"name\")` takes another one in"
    tshark "`nettool capture` captures"
    AsyncSniffer "`nettool capture` captures, and `nettool ask` waits for answers"
    open "files are read with `rdpcap`, written with `wrpcap`, and `load`ed where they are scripts"
    exit "a script ends with its last line; `fail(\"why\")` ends it with an error"
}

//! Datagrams taken apart into messages of Open Sound Control 1.0 (<https://opensoundcontrol.stanford.edu/spec-1_0.html>).
//!
//! Messages are read by rosc. Bundles are not: it goes as deep into bundles in bundles as a datagram says, which is as deep
//! as whoever sends likes, and this is an open port.

use rosc::{OscMessage, OscPacket};

/// How deep bundles in bundles are looked into; VMC has none.
const DEEPEST: usize = 4;
/// What a bundle begins with, and how long its head is with the time tag.
const BUNDLE: (&[u8], usize) = (b"#bundle\0", 16);
/// How addresses begin that concern us.
const OURS: &[u8] = b"/VMC/Ext/";

/// What a datagram holds.
#[derive(Debug, Default)]
pub(super) struct Packet {
    /// Messages to addresses of VMC, in their order.
    pub(super) messages: Vec<OscMessage>,
    /// Bundles and messages that could not be read.
    pub(super) malformed: u64,
}

/// Takes a datagram apart.
pub(super) fn open(datagram: &[u8]) -> Packet {
    let mut packet = Packet::default();
    packet.take(datagram, 0);
    packet
}

impl Packet {
    fn take(&mut self, bytes: &[u8], depth: usize) {
        let (mark, head) = BUNDLE;
        if bytes.starts_with(OURS) {
            match message(bytes) {
                Some(message) => self.messages.push(message),
                None => self.malformed += 1,
            }
        } else if bytes.starts_with(mark) && bytes.len() >= head && depth < DEEPEST {
            let mut rest = &bytes[head..];
            while let Some((size, more)) = rest.split_first_chunk::<4>() {
                let Some((element, after)) = more.split_at_checked(u32::from_be_bytes(*size) as usize) else {
                    self.malformed += 1;
                    return;
                };
                self.take(element, depth + 1);
                rest = after;
            }
            self.malformed += u64::from(!rest.is_empty());
        } else if !bytes.starts_with(b"/") {
            self.malformed += 1;
        }
    }
}

fn message(bytes: &[u8]) -> Option<OscMessage> {
    let address = bytes.iter().position(|&byte| byte == 0)?;
    let tags = bytes.get(address.next_multiple_of(4).max(address + 1)..)?;
    let tags = &tags[tags.iter().position(|&byte| byte == b',')?..];
    // Arrays in arrays would be as deep as the datagram says, and VMC has none.
    if tags.iter().take_while(|&&byte| byte != 0).any(|&byte| byte == b'[') {
        return None;
    }
    match rosc::decoder::decode_udp(bytes) {
        Ok((_, OscPacket::Message(message))) => Some(message),
        _ => None,
    }
}

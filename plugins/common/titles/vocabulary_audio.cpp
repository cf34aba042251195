// SPDX-License-Identifier: MIT
#include "common/titles/vocabulary.hpp"

namespace sluice::plugins::titles {
namespace {

// Channels that are glued to these, "DDP5.1" or "DDP51", are no part of the table: see draft.cpp.
constexpr Row kRows[] = {
    {"atmos|dolby atmos|dolbyatmos|ddpa|ddp atmos|dd+ atmos|truehd atmos|true hd atmos|atmos truehd|truehda",
     Field::kAudio, "Atmos", kStrong},
    {"truehd|true hd|dolby truehd|thd|truehd atmos|true hd atmos|atmos truehd|truehda", Field::kAudio, "TrueHD",
     kStrong},
    {"dts hd ma|dts hdma|dtshd ma|dtshdma|dts hd|dtshd|dts x|dtsx|dts ma|dts hd master audio|dts hd mas|dts hd x",
     Field::kAudio, "DTS Lossless", kStrong},
    {"dts|dts es|dtses|dts hra|dts hd hra|dts hd hr|dts hr|dts 96 24|dts hdhra", Field::kAudio, "DTS Lossy", kStrong},
    {"ddp|dd+|eac3|e ac 3|e ac3|eac 3|ddplus|dolby digital plus|dd plus|ddpa|ddp atmos|dd+ atmos|dolby d+",
     Field::kAudio, "DDP", kStrong},
    {"ac3|ac 3|dolby digital|dolbydigital|ac3d|dd ex|dd2|ddex|ac3hd", Field::kAudio, "DD", kStrong},
    {"dd", Field::kAudio, "DD", kTail | kUpper},
    {"flac|flacx2|flacx3", Field::kAudio, "FLAC", kStrong},
    {"lpcm|pcm|l pcm", Field::kAudio, "PCM", kStrong},
    {"opus", Field::kAudio, "OPUS", kWeak},
    {"aac|he aac|heaac|aac lc|aaclc|qaac|aacx2|hecaac|m aac", Field::kAudio, "AAC", kStrong},
    {"mp3|mp3 2ch", Field::kAudio, "MP3", kStrong},
    {"vorbis|ogg vorbis|ogg", Field::kAudio, "Vorbis", kTail},
    {"2ch|2 ch|stereo", Field::kChannels, "2.0", kTail},
    {"6ch|6 ch", Field::kChannels, "5.1", kTail},
    {"7ch|7 ch", Field::kChannels, "6.1", kTail},
    {"8ch|8 ch", Field::kChannels, "7.1", kTail},
    {"mono|1ch", Field::kChannels, "1.0", kTail},
    {"5 1", Field::kChannels, "5.1", kTail},
    {"7 1", Field::kChannels, "7.1", kTail},
    {"2 0", Field::kChannels, "2.0", kTail},
    {"clean audio|hq audio|original audio|line audio|hq clean audio|org audio|org aud|hq line audio", Field::kNone, "",
     kTail},
};

}  // namespace

std::span<const Row> AudioRows() { return kRows; }

}  // namespace sluice::plugins::titles

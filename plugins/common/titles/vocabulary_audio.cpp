// SPDX-License-Identifier: MIT
#include "common/titles/vocabulary.hpp"

namespace sluice::plugins::titles {
namespace {

// Channels that are glued to these, "DDP5.1" or "DDP51", are no part of the table: see draft.cpp.
constexpr Row kRows[] = {
    {"atmos|dolby atmos|dolbyatmos|ddpa|ddp atmos|dd+ atmos|truehd atmos|true hd atmos|atmos truehd|truehda", "Atmos",
     Field::kAudio, kStrong},
    {"truehd|true hd|dolby truehd|thd|truehd atmos|true hd atmos|atmos truehd|truehda", "TrueHD", Field::kAudio,
     kStrong},
    {"dts hd ma|dts hdma|dtshd ma|dtshdma|dts hd|dtshd|dts x|dtsx|dts ma|dts hd master audio|dts hd mas|dts hd x",
     "DTS Lossless", Field::kAudio, kStrong},
    {"dts|dts es|dtses|dts hra|dts hd hra|dts hd hr|dts hr|dts 96 24|dts hdhra", "DTS Lossy", Field::kAudio, kStrong},
    {"ddp|dd+|eac3|e ac 3|e ac3|eac 3|ddplus|dolby digital plus|dd plus|ddpa|ddp atmos|dd+ atmos|dolby d+", "DDP",
     Field::kAudio, kStrong},
    {"ac3|ac 3|dolby digital|dolbydigital|ac3d|dd ex|dd2|ddex|ac3hd", "DD", Field::kAudio, kStrong},
    {"dd", "DD", Field::kAudio, kTail | kUpper},
    {"flac|flacx2|flacx3", "FLAC", Field::kAudio, kStrong},
    {"lpcm|pcm|l pcm", "PCM", Field::kAudio, kStrong},
    {"opus", "OPUS", Field::kAudio, kWeak},
    {"aac|he aac|heaac|aac lc|aaclc|qaac|aacx2|hecaac|m aac", "AAC", Field::kAudio, kStrong},
    {"mp3|mp3 2ch", "MP3", Field::kAudio, kStrong},
    {"vorbis|ogg vorbis|ogg", "Vorbis", Field::kAudio, kTail},
    {"2ch|2 ch|stereo", "2.0", Field::kChannels, kTail},
    {"6ch|6 ch", "5.1", Field::kChannels, kTail},
    {"7ch|7 ch", "6.1", Field::kChannels, kTail},
    {"8ch|8 ch", "7.1", Field::kChannels, kTail},
    {"mono|1ch", "1.0", Field::kChannels, kTail},
    {"5 1", "5.1", Field::kChannels, kTail},
    {"7 1", "7.1", Field::kChannels, kTail},
    {"2 0", "2.0", Field::kChannels, kTail},
    {"clean audio|hq audio|original audio|line audio|hq clean audio|org audio|org aud|hq line audio", "", Field::kNone,
     kTail},
};

}  // namespace

std::span<const Row> AudioRows() { return kRows; }

}  // namespace sluice::plugins::titles

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the name of a release says: "Show.Name.S01E02.1080p.WEB-DL.DDP5.1.H.264-GROUP".

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::titles {

/// Longer names are cut before they are read: no name that people write comes near.
inline constexpr std::size_t kMaxNameBytes = 1024;

/// Texts are UTF-8 as far as the name was, and empty where the name says nothing. Lists hold nothing twice; those of
/// numbers ascend.
struct Release {
  std::string title;                      ///< As written, dots and underscores made spaces.
  std::vector<std::string> other_titles;  ///< Of the same work: behind "AKA" or " / ".
  int year = 0;                           ///< 1900 to 2035; 0: none. Of a span, "2010-2015", the first.
  int year_end = 0;                       ///< Of a span the last, else 0.
  std::string date;                       ///< Of a daily show: "2024-01-15".

  std::string resolution;             ///< "4k", "1080p", "720p", "480p" ... Interlaced counts as progressive.
  std::string quality;                ///< "BluRay REMUX", "BluRay", "WEB-DL", "WEBRip", "WEB", "HDTV", "CAM" ...
  std::string codec;                  ///< As named: "x264", "h264", "avc", "x265", "h265", "hevc", "av1", "xvid" ...
  std::string bit_depth;              ///< "8bit", "10bit", "12bit". HDR10 implies 10.
  std::vector<std::string> hdr;       ///< In this order: "DV", "HDR10+", "HDR", "HLG", "SDR".
  std::vector<std::string> audio;     ///< In this order: "Atmos", "TrueHD", "DTS Lossless", "DTS Lossy", "DDP", "DD",
                                      ///< "FLAC", "PCM", "OPUS", "AAC", "MP3", "Vorbis".
  std::vector<std::string> channels;  ///< "7.1", "5.1", "2.0" ...
  std::string three_d;                ///< "3D", "3D HSBS", "3D SBS", "3D HOU", "3D OU".

  std::vector<int> seasons;   ///< 0: specials.
  std::vector<int> episodes;  ///< Without seasons they may count through all of them, as fansub groups number.
  std::vector<int> absolute;  ///< Counted through all seasons, where named beside season and episode: "S02E03 (28)".
  std::vector<int> volumes;
  std::vector<int> numbers;  ///< In the order written: those that nothing above explains. May belong to the title.
  std::string episode_code;  ///< 8 hex digits, upper case: the checksum that fansub groups put into names.
  bool complete = false;     ///< All of a show, a season or a set.

  std::vector<std::string> languages;  ///< ISO 639-1, "es-419"; "multi audio", "dual audio", "multi subs".
  std::vector<std::string> subtitles;  ///< ISO 639-1, "es-419".
  bool dubbed = false;
  bool subbed = false;
  bool hardcoded = false;  ///< Subtitles that cannot be turned off.

  std::string group;
  std::string site;
  std::string network;  ///< "Netflix", "Prime Video" ...
  std::string edition;  ///< "Director's Cut", "IMAX" ... The first that is named.
  std::string region;   ///< "R5", "PAL", "NTSC" ...
  std::string container;
  std::string extension;                   ///< Lower case, without the dot.
  std::vector<std::string> release_types;  ///< "OVA", "ONA", "Special", "NCOP", "Trailer", "Sample" ...

  bool repack = false;
  bool proper = false;
  bool retail = false;
  bool remastered = false;
  bool unrated = false;
  bool uncensored = false;
  bool extended = false;
  bool upscaled = false;
  bool documentary = false;
  bool convert = false;

  friend bool operator==(const Release&, const Release&) = default;
};

/// Reads a name, not a path. Takes any octets, in a time that grows with their number; what is beyond kMaxNameBytes is
/// not looked at. Nothing is looked up: a name that says little gives a release that says little.
/// Threads: [any].
Release Parse(std::string_view name);

}  // namespace sluice::plugins::titles

// SPDX-License-Identifier: MIT
#include "encryptor.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <random>
#include <utility>

#include "boxes.hpp"

namespace sluice::testing::media {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kMaxClear = 65535;

struct Part {
  std::size_t clear = 0, encrypted = 0;
};

/// One sample under one key: what of it is encrypted, octet by octet as the standard tells it.
class SampleWriter {
 public:
  SampleWriter(const Encryption& how, std::string key, std::string iv)
      : how_(how), key_(std::move(key)), first_iv_(std::move(iv)) {
    first_iv_.resize(kBlock, '\0');
    chain_ = counter_ = first_iv_;
  }

  void Encrypt(std::string& sample, std::size_t at, const std::vector<Part>& parts) {
    for (const auto& part : parts) {
      at += part.clear;
      if (how_.scheme == "cbcs") chain_ = first_iv_;
      EncryptPart(sample, at, part.encrypted);
      at += part.encrypted;
    }
  }

 private:
  bool chained() const { return how_.scheme == "cbc1" || how_.scheme == "cbcs"; }
  bool patterned() const {
    return (how_.scheme == "cens" || how_.scheme == "cbcs") && how_.crypt != 0 && how_.skip != 0;
  }

  void EncryptPart(std::string& sample, std::size_t at, std::size_t size) {
    if (!patterned()) return EncryptRun(sample, at, size);
    const std::size_t crypt = how_.crypt * kBlock;
    const std::size_t skip = how_.skip * kBlock;
    for (std::size_t done = 0; done + crypt <= size; done += crypt + skip) EncryptRun(sample, at + done, crypt);
  }

  void EncryptRun(std::string& sample, std::size_t at, std::size_t size) {
    if (!chained()) return CountRun(sample, at, size);
    for (std::size_t done = 0; done + kBlock <= size; done += kBlock) {
      std::string block = sample.substr(at + done, kBlock);
      for (std::size_t i = 0; i < kBlock; ++i) block[i] = static_cast<char>(block[i] ^ chain_[i]);
      chain_ = AesBlock(key_, block);
      sample.replace(at + done, kBlock, chain_);
    }
  }

  /// The key stream goes on where the last run stopped, within a block too.
  void CountRun(std::string& sample, std::size_t at, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      if (stream_.empty()) {
        stream_ = AesBlock(key_, counter_);
        counter_.replace(8, 8, Number(NumberAt(counter_, 8, 8) + 1, 8));
      }
      sample[at + i] = static_cast<char>(sample[at + i] ^ stream_.front());
      stream_.erase(0, 1);
    }
  }

  const Encryption& how_;
  const std::string key_;
  std::string first_iv_;
  std::string chain_, counter_, stream_;
};

/// Lengths of the network abstraction layer units of a sample, each with the four octets that say so.
std::vector<std::size_t> UnitsOf(std::string_view sample) {
  std::vector<std::size_t> units;
  for (std::size_t at = 0; at + 4 <= sample.size();) {
    const auto size = 4 + static_cast<std::size_t>(NumberAt(sample, at, 4));
    units.push_back(std::min(size, sample.size() - at));
    at += units.back();
  }
  return units;
}

class Encryptor {
 public:
  explicit Encryptor(const Encryption& how) : how_(how), random_(how.seed), constant_iv_(RandomIv(kBlock)) {}

  std::string Run(std::string_view file) {
    auto boxes = Parse(file);
    std::erase_if(boxes, [](const Node& box) { return box.type == "mfra" || box.type == "sidx"; });
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      if (boxes[i].type == "moov") EncryptTracks(boxes[i]);
      if (boxes[i].type == "moof" && i + 1 < boxes.size()) EncryptFragment(boxes[i], boxes[i + 1], offset);
      offset += boxes[i].size();
    }
    return Write(boxes);
  }

 private:
  struct TrackInfo {
    std::uint32_t id = 0;
    bool video = false;
    std::uint32_t sample_size = 0;
  };

  std::string RandomIv(std::size_t bytes) {
    std::string iv;
    for (std::size_t i = 0; i < bytes; ++i) iv += static_cast<char>(random_());
    return iv;
  }

  /// What `tenc` and `seig` say from their reserved octet on.
  std::string Describe(const ContentKey& key, bool is_protected) const {
    std::string out = Number(0, 1) + Number(how_.crypt * 16 + how_.skip, 1) + Number(is_protected ? 1 : 0, 1) +
                      Number(is_protected ? how_.iv_bytes : 0, 1) + key.kid;
    if (is_protected && how_.iv_bytes == 0) out += Number(kBlock, 1) + constant_iv_;
    return out;
  }

  bool grouped() const { return how_.keys.size() > 1 || how_.clear_first; }

  Node Groups() const {
    std::string entries;
    std::uint32_t count = 0;
    const auto add = [&](const std::string& entry) {
      entries += Number(entry.size(), 4) + entry;
      ++count;
    };
    for (const auto& key : how_.keys) add(Describe(key, true));
    add(Describe({.kid = std::string(kBlock, '\0'), .key = {}}, false));
    return FullBox("sgpd", 1, 0, "seig" + Number(0, 4) + Number(count, 4) + entries);
  }

  void EncryptTracks(Node& moov) {
    for (auto& trak : moov.children) {
      if (trak.type != "trak") continue;
      const auto& tkhd = *trak.Child("tkhd");
      TrackInfo track{.id = static_cast<std::uint32_t>(NumberAt(tkhd.data, tkhd.data[0] == 1 ? 20 : 12, 4))};
      auto& stbl = *trak.Child("mdia")->Child("minf")->Child("stbl");
      auto& entry = stbl.Child("stsd")->children.front();
      track.video = entry.type != "mp4a";
      entry.children.push_back(Sinf(entry.type));
      entry.type = track.video ? "encv" : "enca";
      if (grouped() && how_.groups_in_moov) stbl.children.push_back(Groups());
      tracks_.push_back(track);
    }
    for (auto& trex : moov.Child("mvex")->children) {
      if (trex.type != "trex") continue;
      for (auto& track : tracks_)
        if (track.id == NumberAt(trex.data, 4, 4))
          track.sample_size = static_cast<std::uint32_t>(NumberAt(trex.data, 16, 4));
    }
    moov.children.push_back(FullBox("pssh", 0, 0, std::string(kBlock, 'S') + Number(4, 4) + "data"));
  }

  Node Sinf(const std::string& format) const {
    const std::uint8_t version = how_.crypt != 0 ? 1 : 0;
    return {
        .type = "sinf",
        .children = {{.type = "frma", .data = format},
                     FullBox("schm", 0, 0, how_.scheme + Number(0x10000, 4)),
                     {.type = "schi", .children = {FullBox("tenc", version, 0, Describe(how_.keys.front(), true))}}}};
  }

  std::vector<Part> PartsOf(std::string_view sample, const TrackInfo& track) const {
    if (!track.video) {
      if (!how_.audio_subsamples) return {};
      const auto encrypted = Whole(sample.size() - std::min<std::size_t>(5, sample.size()));
      return {{sample.size() - encrypted, encrypted}};
    }
    if (how_.whole_samples) return {};
    std::vector<Part> parts;
    std::size_t clear = 0;
    for (const auto unit : UnitsOf(sample)) {
      const auto head = std::min<std::size_t>(unit, 4 + 9);
      const auto encrypted = Whole(unit - head);
      clear += unit - encrypted;
      for (; clear > kMaxClear; clear -= kMaxClear) parts.push_back({kMaxClear, 0});
      if (encrypted == 0) continue;
      parts.push_back({clear, encrypted});
      clear = 0;
    }
    if (clear != 0) parts.push_back({clear, 0});
    return parts;
  }

  std::size_t Whole(std::size_t size) const {
    return how_.odd_sizes && how_.scheme != "cbc1" ? size : size - size % kBlock;
  }

  /// Which group the fragment's samples are in: 1 is the first key's; behind the keys' comes the clear one.
  std::uint32_t GroupOfFragment() const {
    if (how_.clear_first && fragment_ == 0) return static_cast<std::uint32_t>(how_.keys.size()) + 1;
    return static_cast<std::uint32_t>(fragment_ % how_.keys.size()) + 1;
  }

  struct TrafResult {
    std::string entries;  ///< Of `senc`.
    std::string sizes;    ///< Of `saiz`.
    std::uint32_t samples = 0;
    bool has_subsamples = false;
  };

  TrafResult EncryptSamples(Node& traf, const TrackInfo& track, std::string& mdat, std::uint64_t mdat_at) {
    TrafResult out;
    const auto group = grouped() ? GroupOfFragment() : 1;
    const bool clear = group > how_.keys.size();
    out.has_subsamples = track.video ? !how_.whole_samples : how_.audio_subsamples;
    std::uint64_t at = 0;
    for (auto& trun : traf.children) {
      if (trun.type != "trun") continue;
      const auto flags = NumberAt(trun.data, 1, 3);
      const auto count = NumberAt(trun.data, 4, 4);
      at = NumberAt(trun.data, 8, 4) - mdat_at;  // ffmpeg always says where
      std::size_t field = 12 + ((flags & 4U) != 0 ? 4 : 0);
      for (std::uint64_t i = 0; i < count; ++i, ++out.samples) {
        auto size = SampleSize(traf, track);
        for (const unsigned bit : {0x100U, 0x200U, 0x400U, 0x800U}) {
          if ((flags & bit) == 0) continue;
          if (bit == 0x200U) size = static_cast<std::uint32_t>(NumberAt(trun.data, field, 4));
          field += 4;
        }
        if (clear) {
          out.entries += out.has_subsamples ? Number(0, 2) : "";
          out.sizes += Number(out.has_subsamples ? 2 : 0, 1);
        } else {
          EncryptSample(mdat, at, size, track, how_.keys[group - 1], out);
        }
        at += size;
      }
    }
    return out;
  }

  std::uint32_t SampleSize(Node& traf, const TrackInfo& track) {
    const auto& tfhd = traf.Child("tfhd")->data;
    const auto flags = NumberAt(tfhd, 1, 3);
    if ((flags & 0x10U) == 0) return track.sample_size;
    const std::size_t at = 8 + ((flags & 1U) != 0 ? 8 : 0) + ((flags & 2U) != 0 ? 4 : 0) + ((flags & 8U) != 0 ? 4 : 0);
    return static_cast<std::uint32_t>(NumberAt(tfhd, at, 4));
  }

  void EncryptSample(std::string& mdat, std::uint64_t at, std::uint32_t size, const TrackInfo& track,
                     const ContentKey& key, TrafResult& out) {
    const auto parts = PartsOf(std::string_view(mdat).substr(at, size), track);
    auto iv = how_.iv_bytes == 0 ? constant_iv_ : RandomIv(how_.iv_bytes);
    if (out.samples == 0 && !how_.first_iv.empty()) iv = how_.first_iv;
    SampleWriter writer(how_, key.key, iv);
    writer.Encrypt(mdat, at, parts.empty() ? std::vector<Part>{{0, size}} : parts);
    std::string entry = how_.iv_bytes == 0 ? "" : iv;
    if (out.has_subsamples) {
      entry += Number(parts.size(), 2);
      for (const auto& part : parts) entry += Number(part.clear, 2) + Number(part.encrypted, 4);
    }
    out.sizes += Number(entry.size(), 1);
    out.entries += entry;
  }

  void AddBoxes(Node& traf, const TrafResult& result) const {
    if (grouped()) {
      const auto group = GroupOfFragment() + (how_.groups_in_moov ? 0U : 0x10000U);
      traf.children.push_back(
          FullBox("sbgp", 0, 0, "seig" + Number(1, 4) + Number(result.samples, 4) + Number(group, 4)));
      if (!how_.groups_in_moov) traf.children.push_back(Groups());
    }
    if (result.entries.empty()) return;
    traf.children.push_back(FullBox("saiz", 0, 0, Number(0, 1) + Number(result.samples, 4) + result.sizes));
    traf.children.push_back(FullBox("saio", 0, 0, Number(1, 4) + Number(0, 4)));
    const std::uint32_t flags = result.has_subsamples ? 2 : 0;
    auto senc = FullBox("senc", 0, flags, Number(result.samples, 4) + result.entries);
    if (!how_.senc) senc = {.type = "free", .data = std::string(8, 'x') + result.entries};
    traf.children.push_back(std::move(senc));
  }

  /// Where in the `moof` the last box of that `traf` has its entries.
  static std::uint64_t EntriesAt(const Node& moof, const Node& traf) {
    std::uint64_t at = 8;
    for (const auto& child : moof.children) {
      at += child.size();
      if (&child == &traf) break;
    }
    return at - (traf.children.back().size() - 16);
  }

  void EncryptFragment(Node& moof, Node& mdat, std::uint64_t moof_at) {
    const auto before = moof.size();
    mdat.large = how_.large_mdat;
    const std::uint64_t old_mdat_at = before + 8;
    for (auto& traf : moof.children) {
      if (traf.type != "traf") continue;
      const auto id = NumberAt(traf.Child("tfhd")->data, 4, 4);
      for (const auto& track : tracks_)
        if (track.id == id) AddBoxes(traf, EncryptSamples(traf, track, mdat.data, old_mdat_at));
      if (how_.absolute_offsets) MakeAbsolute(traf, moof_at);
    }
    const auto grown = moof.size() - before + (how_.large_mdat ? 8 : 0);
    for (auto& traf : moof.children) {
      for (auto& box : traf.children) {
        if (box.type == "trun") box.data.replace(8, 4, Number(NumberAt(box.data, 8, 4) + grown, 4));
        if (box.type == "saio") box.data.replace(8, 4, Number(EntriesAt(moof, traf), 4));
      }
    }
    ++fragment_;
  }

  static void MakeAbsolute(Node& traf, std::uint64_t moof_at) {
    auto& tfhd = traf.Child("tfhd")->data;
    const auto flags = (NumberAt(tfhd, 1, 3) & ~std::uint64_t{0x20000}) | 1U;
    tfhd = tfhd.substr(0, 1) + Number(flags, 3) + tfhd.substr(4, 4) + Number(moof_at, 8) + tfhd.substr(8);
  }

  const Encryption& how_;
  std::mt19937_64 random_;
  const std::string constant_iv_;
  std::vector<TrackInfo> tracks_;
  std::size_t fragment_ = 0;
};

}  // namespace

std::string AesBlock(std::string_view key, std::string_view block) {
  static EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
  static std::string present;  // tests have one thread
  const auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  if (present != key) {
    EVP_EncryptInit_ex(context, EVP_aes_128_ecb(), nullptr, bytes(key), nullptr);
    EVP_CIPHER_CTX_set_padding(context, 0);
    present = key;
  }
  std::string out(kBlock, '\0');
  int size = 0;
  EVP_EncryptUpdate(context, reinterpret_cast<unsigned char*>(out.data()), &size, bytes(block), kBlock);
  return out;
}

std::string Encrypt(std::string_view file, const Encryption& how) { return Encryptor(how).Run(file); }

}  // namespace sluice::testing::media

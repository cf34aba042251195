// SPDX-License-Identifier: MIT
#include "cenc.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "box.hpp"
#include "init_source.hpp"

namespace sluice::plugins::cenc {
namespace {

/// Types of what is certainly no such file. Anything else is judged by its first octets: origins give media any type.
bool IsForeignType(std::string_view type) {
  constexpr std::array<std::string_view, 8> kForeign = {"text/",
                                                        "image/",
                                                        "application/json",
                                                        "application/vnd.apple.mpegurl",
                                                        "application/x-mpegurl",
                                                        "audio/mpegurl",
                                                        "application/dash+xml",
                                                        "video/mp2t"};
  const auto begins = [&](std::string_view prefix) {
    return sdk::EqualsIgnoreCase(type.substr(0, prefix.size()), prefix);
  };
  return std::any_of(kForeign.begin(), kForeign.end(), begins);
}

bool MayBeMedia(const sdk::ResponseHead& head) {
  if (head.status != 200 && head.status != 206) return false;
  return sdk::FieldValue(head.headers, "Content-Encoding").empty() &&
         !IsForeignType(sdk::FieldValue(head.headers, "Content-Type"));
}

/// Where a part lies in its file.
struct Part {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  ///< Its last octet.
  bool is_last = false;   ///< It ends where the file does.
};

/// Of "bytes 100-199/1000".
std::optional<Part> ReadPart(std::string_view content_range) {
  constexpr std::string_view kUnit = "bytes ";
  if (!sdk::EqualsIgnoreCase(content_range.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  content_range.remove_prefix(kUnit.size());
  Part part;
  const auto* const end = content_range.data() + content_range.size();
  const auto first = std::from_chars(content_range.data(), end, part.begin);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto last = std::from_chars(first.ptr + 1, end, part.end);
  if (last.ec != std::errc() || part.end < part.begin) return std::nullopt;
  std::uint64_t total = 0;
  const auto* const slash = std::find(last.ptr, end, '/');
  if (slash != end) std::from_chars(slash + 1, end, total);
  part.is_last = total != 0 && part.end + 1 >= total;
  return part;
}

/// Parameter `name` of a query or of a link's context, decoded; empty: it is not there.
std::string ParamOf(std::string_view query, std::string_view name) {
  const auto raw = sdk::QueryParam(query, name);
  if (!raw) return {};
  auto value = sdk::PercentDecode(*raw);
  return value ? std::move(*value) : std::string();
}

/// For octets that nobody asked for.
struct Nowhere final : sdk::ByteSink {
  sdk::Status Write(std::span<const std::byte>) override { return sdk::Ok(); }
};

/// A part that begins within a file can be decrypted once its fragment has been read from the start on.
sdk::Status ReadBefore(const sdk::BodyOrigin& origin, std::uint64_t start, std::uint64_t begin, MediaBody& body) {
  constexpr std::uint64_t kMost = 64 * 1024 * 1024;
  constexpr std::uint64_t kPieceBytes = 1024 * 1024;
  Nowhere nowhere;
  if (begin - start > kMost) {
    return sdk::Error{.code = sdk::Errc::kUnsupported, .message = "media: a part too far within its fragment"};
  }
  while (start < begin) {
    const auto size = std::min(kPieceBytes, begin - start);
    const auto piece = FetchPart(*origin.references, {.url = std::string(origin.url), .offset = start, .length = size});
    if (!piece) return piece.error();
    if (piece->size() != size) return BadMedia("the file ends in front of the part that was asked for");
    if (auto read = body.Write(*piece, nowhere); !read) return read;
    start += size;
  }
  return sdk::Ok();
}

/// What follows a part that ends within something that has to be seen whole: a box of figures, or a block of a cipher
/// that chains them. \param map  null: not known. Without what follows, the part's last octets cannot be had.
std::vector<std::byte> ReadBehind(const sdk::BodyOrigin& origin, std::uint64_t end, const FileMap* map) {
  const auto box = map == nullptr ? std::nullopt : map->EndOfHeld(end);
  const auto size = box ? *box - (end + 1) : kBlockBytes - 1;
  if (size == 0) return {};
  auto behind = FetchPart(*origin.references, {.url = std::string(origin.url), .offset = end + 1, .length = size});
  return behind ? std::move(*behind) : std::vector<std::byte>();
}

/// A call for what is asked while a body passes: the call that opened the body is over by then.
class LookUp {
 public:
  LookUp() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    raw_.struct_size = sizeof(raw_);
    raw_.deadline_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count();
  }
  const sdk::Call& call() const { return call_; }

 private:
  sluice_call raw_{};
  const sdk::Call call_{raw_};
};

/// The request's keys, then the configured ones, then those that an operator gave to the server.
class StreamKeys final : public KeySource {
 public:
  StreamKeys(const sdk::Host& host, const KeyRing& configured, KeyRing of_request)
      : host_(host), configured_(configured), of_request_(std::move(of_request)) {}

  sdk::Result<Block> Find(const Block& kid) override {
    if (kid == last_kid_ && last_key_) return *last_key_;
    auto key = LookFor(kid);
    if (!key) return key;
    last_kid_ = kid;
    last_key_ = *key;
    return key;
  }

 private:
  sdk::Result<Block> LookFor(const Block& kid) const {
    for (const auto* const ring : {&of_request_, &configured_}) {
      if (const auto* const key = ring->Find(kid)) return *key;
    }
    if (const auto kept = host_.secrets().Recall(LookUp().call(), content_key::SecretNameOf(kid)); kept && *kept) {
      if (const auto key = content_key::ParseBlock(**kept)) return *key;
      return BadKey(kid, "the key that is kept for it has not 16 octets");
    }
    for (const auto* const ring : {&of_request_, &configured_}) {
      if (const auto* const key = ring->for_all()) return *key;
    }
    return BadKey(kid, "there is no key for it");
  }
  static sdk::Error BadKey(const Block& kid, const char* why) {
    return BadMedia("key id " + content_key::HexOf(kid) + ": " + why);
  }

  const sdk::Host& host_;  // the filter's, which outlives its bodies
  const KeyRing& configured_;
  const KeyRing of_request_;
  Block last_kid_{};
  std::optional<Block> last_key_;
};

}  // namespace

Cenc::Cenc(sdk::Host host, KeyRing keys, const sdk::Config& config)
    : host_(std::move(host)),
      keys_(std::move(keys)),
      request_keys_(config.Bool("/request_keys")),
      init_(config.String("/init")),
      inits_(host_),
      maps_(host_) {}

sdk::Result<std::unique_ptr<Cenc>> Cenc::Create(sdk::Host host, const sdk::Config& config) {
  auto keys = KeyRing::Read(config);
  if (!keys) return std::move(keys).error();
  return std::unique_ptr<Cenc>(new Cenc(std::move(host), std::move(*keys), config));
}

/// What the upstream says of the octets does not hold for the decrypted ones.
sdk::Status Cenc::OnResponse(const sdk::Call&, const sdk::ResponseHead& head, sdk::HeadEdit& edit) {
  if (!MayBeMedia(head)) return sdk::Ok();
  for (const auto* const name : {"Content-MD5", "Digest", "Content-Digest", "Repr-Digest"}) edit.Remove(name);
  return sdk::Ok();
}

/// A link out of a playlist that was asked for with keys has them in its context.
sdk::Result<KeyRing> Cenc::RequestKeys(const sdk::BodyOrigin& origin) const {
  if (!request_keys_) return KeyRing{};
  const auto query = origin.request == nullptr ? std::string_view() : origin.request->query;
  for (const auto from : {query, origin.context}) {
    const auto keys = ParamOf(from, "key");
    if (!keys.empty()) return KeyRing::Parse(ParamOf(from, "key_id"), keys);
  }
  return KeyRing{};
}

std::optional<sdk::InitNote> Cenc::InitOf(const sdk::ResponseHead& head, const sdk::BodyOrigin& origin) const {
  if (auto note = sdk::InitNote::Unpack(origin.note)) return note;
  if (init_.empty() || origin.kind == sdk::LinkKind::kInit) return std::nullopt;
  auto url = sdk::ResolveReference(head.url, init_);
  if (url == head.url) return std::nullopt;  // this is the init section itself
  return sdk::InitNote{.url = std::move(url)};
}

sdk::Result<std::shared_ptr<const Init>> Cenc::FindInit(const sdk::ResponseHead& head, const sdk::BodyOrigin& origin) {
  const auto place = InitOf(head, origin);
  if (!place || origin.references == nullptr) return std::shared_ptr<const Init>();
  const auto name = NameOf(*place);
  if (auto known = inits_.Find(name)) return known;
  auto init = FetchInit(*origin.references, *place);
  if (init) inits_.Put(name, *init);
  return init;
}

sdk::Result<std::shared_ptr<const FileMap>> Cenc::FindMap(const sdk::BodyOrigin& origin, std::uint64_t at) {
  const std::string name(origin.url);
  auto map = Explore(*origin.references, name, maps_.Find(name), at);
  if (map) maps_.Put(name, *map);
  return map;
}

sdk::Result<std::unique_ptr<sdk::BodyTransform>> Cenc::OpenBody(const sdk::Call& call, const sdk::ResponseHead& head) {
  return OpenBodyFor(call, head, {.url = head.url});
}

sdk::Result<std::unique_ptr<sdk::BodyTransform>> Cenc::OpenBodyFor(const sdk::Call&, const sdk::ResponseHead& head,
                                                                   const sdk::BodyOrigin& origin) {
  if (!MayBeMedia(head)) return std::unique_ptr<sdk::BodyTransform>{};
  auto of_request = RequestKeys(origin);
  if (!of_request) return std::move(of_request).error();
  MediaOptions options{.init = nullptr, .position = 0, .is_part = head.status == 206};
  sdk::InitNote here{.url = std::string(origin.url)};
  bool ends_within = false;
  if (options.is_part) {
    const auto part = ReadPart(sdk::FieldValue(head.headers, "Content-Range"));
    if (!part) {
      return sdk::Error{.code = sdk::Errc::kUnsupported, .message = "media: want one part at a time, or the whole"};
    }
    options.position = here.offset = part->begin;
    here.length = part->end - part->begin + 1;
    ends_within = !part->is_last;
  }
  const bool has_body = origin.request == nullptr || origin.request->method != "HEAD";
  if (has_body) {
    auto init = FindInit(head, origin);
    if (!init) return std::move(init).error();
    options.init = std::move(*init);
  }
  // A segment of a playlist begins where its fragment does; what else begins within a file may begin anywhere.
  const bool is_segment = options.init != nullptr && origin.kind == sdk::LinkKind::kSegment;
  if (has_body && options.position != 0 && !is_segment && origin.references != nullptr) {
    const auto map = FindMap(origin, options.position);
    if (!map) return map.error();
    if ((*map)->is_foreign) return std::unique_ptr<sdk::BodyTransform>{};
    options.wanted_from = options.position;
    options.position = (*map)->StartFor(options.wanted_from).value_or(0);
    if (options.init == nullptr) options.init = (*map)->init;
  }
  if (has_body && ends_within && !is_segment && origin.references != nullptr) {
    const auto end = here.offset + here.length - 1;
    const auto map = FindMap(origin, end);
    options.behind = ReadBehind(origin, end, map ? map->get() : nullptr);
  }
  const auto start = options.position;
  std::unique_ptr<KeySource> keys = std::make_unique<StreamKeys>(host_, keys_, std::move(*of_request));
  auto learn = [this, name = NameOf(here)](std::shared_ptr<const Init> init) { inits_.Put(name, std::move(init)); };
  auto body = std::make_unique<MediaBody>(std::move(keys), std::move(options), std::move(learn));
  if (auto read = ReadBefore(origin, start, here.offset, *body); !read) return std::move(read).error();
  return std::unique_ptr<sdk::BodyTransform>(std::move(body));
}

}  // namespace sluice::plugins::cenc

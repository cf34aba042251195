// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdint>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/url.hpp>

#include "core/http/server.hpp"
#include "core/pipeline/content_coding.hpp"
#include "core/pipeline/manifest_cache.hpp"
#include "core/pipeline/metrics.hpp"
#include "core/pipeline/minter.hpp"
#include "core/pipeline/prefixed_body.hpp"
#include "core/pipeline/references.hpp"
#include "core/pipeline/response_head.hpp"
#include "core/pipeline/steps.hpp"
#include "core/upstream/digest.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/whole_body.hpp"

namespace sluice::pipeline {
namespace {

constexpr std::size_t kProbeBytes = 512;

sdk::Error BadManifest(const Exchange& exchange, const std::string& message) {
  return UpstreamFailed(exchange, exchange.response->url, message);
}

std::string_view NoteOf(const Exchange& exchange) {
  return exchange.link ? std::string_view(exchange.link->note) : std::string_view();
}

/// Types that origins give to anything: only the first octets tell.
bool IsGeneric(std::string_view content_type) {
  static constexpr std::array<std::string_view, 7> kGeneric = {
      "", "text/plain", "text/html", "application/octet-stream", "binary/octet-stream", "application/xml", "text/xml"};
  auto type = content_type.substr(0, content_type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return std::any_of(kGeneric.begin(), kGeneric.end(),
                     [&](std::string_view generic) { return sdk::EqualsIgnoreCase(generic, type); });
}

/// A rewriter has said that this segment may still be in the making. To look into it would hold back what is there.
bool IsAwaited(const Exchange& exchange) {
  return exchange.link && exchange.link->kind == sdk::LinkKind::kSegment && exchange.wait > exchange.wait.zero();
}

const sdk::ManifestRewriter* FindRewriter(const Step& step, const sdk::ManifestProbe& probe) {
  for (const auto& component : step.components) {
    const auto* const rewriter = component->As<sdk::ManifestRewriter>();
    if (rewriter->Accepts(probe)) return rewriter;
  }
  return nullptr;
}

/// \param room  for what is not in memory yet. \returns  a view into it, or into the body.
sdk::Result<std::string_view> ReadManifest(const Step& step, Exchange& exchange, std::string& room) {
  const auto max_bytes = step.config.rewrite.max_size;
  auto& response = *exchange.response;
  const auto coding = response.Header("Content-Encoding");
  auto text = response.body->at_hand();
  if (!text) {
    if (auto read = upstream::ReadUpTo(*response.body, max_bytes + 1, room); !read) {
      return WithoutPeer(exchange, std::move(read).error());
    }
    text = room;
  }
  if (text->size() <= max_bytes && !coding.empty()) {
    auto decoded = DecodeContent(std::string(*text), coding, max_bytes);
    if (!decoded) return BadManifest(exchange, "the manifest's " + decoded.error().message);
    room = std::move(*decoded);
    text = room;
  }
  if (text->size() > max_bytes) {
    return BadManifest(exchange, "the manifest is larger than max_size (" + std::to_string(max_bytes) + " octets)");
  }
  return *text;
}

/// What the result depends on besides the text. \param manifest  its text is not looked at.
std::string KeyOf(const sdk::ManifestRewriter& rewriter, const sdk::Manifest& manifest, const Minter& minter) {
  auto parts = minter.Identity();
  parts.push_back(std::to_string(reinterpret_cast<std::uintptr_t>(&rewriter)));
  for (const auto part : {manifest.base_url, manifest.content_type, manifest.note}) parts.emplace_back(part);
  return upstream::Digest(parts);
}

sdk::Result<ManifestCache::Rewritten> RewriteText(const StepContext& context, const Step& step,
                                                  const sdk::ManifestRewriter& rewriter, const Exchange& exchange,
                                                  std::string_view text) {
  Minter minter(context.secrets, exchange, step.config.rewrite.base_url);
  const std::string content_type(exchange.response->Header("Content-Type"));
  sdk::Manifest manifest{
      .text = text, .base_url = exchange.response->url, .content_type = content_type, .note = NoteOf(exchange)};
  auto& metrics = *exchange.pipeline.metrics;
  std::string key;
  if (step.rewritten) {
    key = KeyOf(rewriter, manifest, minter);
    if (auto kept = step.rewritten->Find(key, text)) {
      metrics.CountManifest(true);
      return kept;
    }
  }
  const CallContext call(exchange.viewer, std::chrono::steady_clock::now() + step.config.deadline);
  References references(context, exchange, minter, call.call());
  manifest.references = &references;
  auto rewritten = rewriter.Rewrite(call.call(), manifest, minter);
  if (!rewritten && rewritten.error().code == sdk::Errc::kUpstreamFailed) {
    return BadManifest(exchange, rewritten.error().message);
  }
  if (!rewritten) return std::move(rewritten).error();
  if (minter.failed()) return sdk::Error{.code = sdk::Errc::kInternal, .message = "a link could not be minted"};
  metrics.CountManifest(false);
  auto result = std::make_shared<const sdk::RewrittenManifest>(std::move(*rewritten));
  if (step.rewritten && result->stable && !references.used()) step.rewritten->Keep(key, std::string(text), result);
  return result;
}

sdk::Result<Flow> ReplyRewritten(const StepContext& context, const Step& step, const sdk::ManifestRewriter& rewriter,
                                 Exchange& exchange) {
  auto fields = VisibleFields(exchange);
  DropBodyFields(fields);
  if (exchange.viewer.method() == "HEAD") {
    if (auto filtered = FilterHead(exchange, fields); !filtered) return std::move(filtered).error();
    if (auto sent = exchange.viewer.Start({.status = 200, .fields = fields}); !sent) return std::move(sent).error();
    if (auto sent = exchange.viewer.Finish(); !sent) return std::move(sent).error();
    return Flow::kReplied;
  }
  std::string room;
  const auto text = ReadManifest(step, exchange, room);
  if (!text) return text.error();
  const auto rewritten = RewriteText(context, step, rewriter, exchange, *text);
  if (!rewritten) return rewritten.error();
  upstream::DropField(fields, "Content-Type");
  fields.push_back({"Content-Type", (*rewritten)->content_type});
  if (auto filtered = FilterHead(exchange, fields); !filtered) return std::move(filtered).error();
  if (auto sent = exchange.viewer.Reply({.status = 200, .fields = fields}, (*rewritten)->text); !sent)
    return std::move(sent).error();
  return Flow::kReplied;
}

}  // namespace

sdk::Result<Flow> Rewrite(const StepContext& context, const Step& step, Exchange& exchange) {
  if (!exchange.response || (exchange.response->status != 200 && exchange.response->status != 206)) {
    return Flow::kContinue;  // an error's body is not a manifest, whatever it is called
  }
  auto& response = *exchange.response;
  const std::string content_type(response.Header("Content-Type"));
  sdk::ManifestProbe probe{
      .content_type = content_type, .url = response.url, .first_bytes = {}, .note = NoteOf(exchange)};
  const auto* rewriter = FindRewriter(step, probe);
  if (rewriter == nullptr && IsGeneric(content_type) && exchange.viewer.method() != "HEAD" && !IsAwaited(exchange)) {
    std::string first;
    if (auto read = upstream::ReadUpTo(*response.body, kProbeBytes, first); !read) {
      return WithoutPeer(exchange, std::move(read).error());
    }
    probe.first_bytes = first;
    rewriter = FindRewriter(step, probe);
    response.body = std::make_unique<PrefixedBody>(std::move(first), std::move(response.body));
  }
  if (rewriter == nullptr) return Flow::kContinue;
  if (response.status == 206) {  // a part of a manifest cannot be rewritten
    if (auto fetched = Fetch(context, exchange, Part::kWhole); !fetched) return fetched;
    if (exchange.response->status != 200) return Flow::kContinue;
  }
  return ReplyRewritten(context, step, *rewriter, exchange);
}

}  // namespace sluice::pipeline

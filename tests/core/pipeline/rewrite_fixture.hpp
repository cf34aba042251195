// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the tests of manifests and of their links share: a rewriter of one link a line.

#include <Poco/DeflatingStream.h>

#include <chrono>
#include <sluice/sdk/url.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/core/pipeline/pipeline_fixture.hpp"

namespace sluice::pipeline::testing {

class RewriteFixture : public PipelineTest {
 protected:
  static std::chrono::seconds Now() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch();
  }

  using Accepts = decltype(FakeRewriter::accepts);
  static Accepts ByType() {
    return [](const sdk::ManifestProbe& probe) { return probe.content_type == "application/x-list"; };
  }
  static Accepts ByPath(std::string extension) {
    return [extension = std::move(extension)](const sdk::ManifestProbe& probe) {
      return sdk::PathExtension(probe.url) == extension;
    };
  }
  static Accepts ByFirstBytes() {
    return [](const sdk::ManifestProbe& probe) { return probe.first_bytes.starts_with("LIST"); };
  }

  /// Puts a line with what it was told in front of the text. Says that the result is of type `type`.
  static InstancePtr Lister(Accepts accepts, const std::string& type = "text/rewritten") {
    FakeRewriter rewriter;
    rewriter.accepts = std::move(accepts);
    rewriter.rewrite = [type](const sdk::Call&, const sdk::Manifest& manifest, sdk::LinkMinter&) {
      return sdk::RewrittenManifest{.text = std::string(manifest.content_type) + " " + std::string(manifest.base_url) +
                                            "\n" + std::string(manifest.text),
                                    .content_type = type};
    };
    return InstanceOf<sdk::ManifestRewriter>(std::move(rewriter));
  }
  /// Replaces each line by the link that it gets for it.
  static InstancePtr Linker(sdk::LinkKind kind = sdk::LinkKind::kSegment) {
    FakeRewriter rewriter;
    rewriter.accepts = ByPath("m3u8");
    rewriter.rewrite = [kind](const sdk::Call&, const sdk::Manifest& manifest, sdk::LinkMinter& links) {
      std::istringstream lines{std::string(manifest.text)};
      sdk::RewrittenManifest out{.text = {}, .content_type = "text/links"};
      for (std::string line; std::getline(lines, line);) {
        out.text += links.Proxied(sdk::ResolveReference(manifest.base_url, line), kind) + "\n";
      }
      return out;
    };
    return InstanceOf<sdk::ManifestRewriter>(std::move(rewriter));
  }

  Pipeline& RewriteFrom(const Origin& origin, std::string_view path, std::vector<InstancePtr> rewriters,
                        std::uint64_t max_size = 1024 * 1024) {
    return Add({Resolve(ResolverTo({.url = origin.Url(path)})), Fetch(), Rewrite(std::move(rewriters), max_size)});
  }

  static std::string Packed(const std::string& text, Poco::DeflatingStreamBuf::StreamType type) {
    std::ostringstream out;
    Poco::DeflatingOutputStream packer(out, type);
    packer << text;
    packer.close();
    return out.str();
  }
  static std::string Gzip(const std::string& text) { return Packed(text, Poco::DeflatingStreamBuf::STREAM_GZIP); }
  static std::string Zlib(const std::string& text) { return Packed(text, Poco::DeflatingStreamBuf::STREAM_ZLIB); }

  static std::vector<std::string> Lines(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
};

}  // namespace sluice::pipeline::testing

// SPDX-License-Identifier: MIT
#include "core/config/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

constexpr std::size_t kMaxKeyBytes = 1024;
/// Put behind the text, as a comment. yaml-cpp ends an unclosed quote at the end of its input without a word; with this
/// its scalar holds what nobody wrote.
constexpr std::string_view kEndOfText = "\n# end of text \x01\n";
constexpr std::string_view kEndMark = "# end of text \x01";

/// What stops reading: thrown through the parser, caught in ReadYaml.
struct Stop {
  int line;
  std::string message;
};

int LineOf(const YAML::Mark& mark) { return mark.line + 1; }

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(YamlTree& tree, const std::string& file, Faults& faults) : tree_(tree), file_(file), faults_(faults) {}

  bool ended() const { return ended_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (ended_) throw Stop{LineOf(mark), "a second document starts here; want one per file"};
  }
  void OnDocumentEnd() override { ended_ = true; }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Place(Make(YamlNode::Kind::kNull, mark, anchor), LineOf(mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Stop{LineOf(mark), "an alias without its anchor"};
    if (found->second->open) throw Stop{LineOf(mark), "an alias inside the value that it stands for"};
    Place(found->second, LineOf(mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (value.find(kEndMark) != std::string::npos)
      throw Stop{LineOf(mark), "a quote that is opened here is not closed"};
    auto* node = Make(YamlNode::Kind::kScalar, mark, anchor);
    node->plain = tag == "?";
    CheckTag(tag, mark, {"?", "!", "tag:yaml.org,2002:str"});
    node->text = value;
    Place(node, LineOf(mark));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    CheckTag(tag, mark, {"?", "!", "tag:yaml.org,2002:seq"});
    Open(Make(YamlNode::Kind::kList, mark, anchor), mark);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    CheckTag(tag, mark, {"?", "!", "tag:yaml.org,2002:map"});
    Open(Make(YamlNode::Kind::kMap, mark, anchor), mark);
  }
  void OnMapEnd() override { Close(); }

 private:
  /// A list or map that is being read.
  struct Level {
    YamlNode* node;
    std::map<std::string, int, std::less<>> keys;  ///< With the line of each.
    bool has_key = false;                          ///< The next node is the value of `key`.
    bool drop = false;                             ///< … and goes nowhere, for its key stood here before.
    YamlNode::Entry key;
  };

  YamlNode* Make(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (tree_.nodes.size() >= kMaxYamlNodes) {
      throw Stop{LineOf(mark), "more than " + std::to_string(kMaxYamlNodes) + " values"};
    }
    auto* node = &tree_.nodes.emplace_back();
    node->kind = kind;
    node->line = LineOf(mark);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
    return node;
  }

  void CheckTag(const std::string& tag, const YAML::Mark& mark, std::initializer_list<std::string_view> known) {
    if (tag.empty() || std::find(known.begin(), known.end(), tag) != known.end()) return;
    faults_.Add(At(LineOf(mark)), "tag " + Ticked(tag) + " is not supported");
  }

  void Open(YamlNode* node, const YAML::Mark& mark) {
    if (levels_.size() >= kMaxYamlDepth) {
      throw Stop{LineOf(mark), "nested more than " + std::to_string(kMaxYamlDepth) + " deep"};
    }
    Place(node, LineOf(mark));
    node->open = true;
    levels_.push_back({.node = node, .keys = {}, .has_key = false, .drop = false, .key = {}});
  }

  void Close() {
    levels_.back().node->open = false;
    levels_.pop_back();
  }

  /// Hangs `node` where the parser is: as the root, an entry, a key, or the value of the key before it.
  void Place(YamlNode* node, int line) {
    if (levels_.empty()) {
      tree_.root = node;
      return;
    }
    auto& level = levels_.back();
    if (level.node->kind == YamlNode::Kind::kList) {
      level.node->entries.push_back({.key = {}, .line = line, .value = node, .plain_key = false});
    } else if (!level.has_key) {
      TakeKey(level, *node, line);
    } else {
      level.has_key = false;
      level.key.value = node;
      if (!level.drop) level.node->entries.push_back(level.key);
    }
  }

  void TakeKey(Level& level, const YamlNode& node, int line) {
    if (node.kind != YamlNode::Kind::kScalar) throw Stop{line, "want a plain text as a key"};
    if (node.text.size() > kMaxKeyBytes)
      throw Stop{line, "a key longer than " + std::to_string(kMaxKeyBytes) + " octets"};
    const auto [first, is_new] = level.keys.emplace(node.text, line);
    level.has_key = true;
    level.drop = !is_new;
    level.key = {.key = node.text, .line = line, .value = nullptr, .plain_key = node.plain};
    if (is_new) return;
    auto place = At(line);
    for (const auto& above : levels_) {
      if (above.node == level.node) break;
      place.pointer +=
          above.node->kind == YamlNode::Kind::kMap ? Child(above.key.key) : Child(above.node->entries.size() - 1);
    }
    place.pointer += Child(node.text);
    faults_.Add(place,
                "key " + Ticked(node.text) + " stands here twice, first in line " + std::to_string(first->second));
  }

  sluice::config::Place At(int line) const { return {.file = file_, .line = line, .pointer = {}, .secret = false}; }

  YamlTree& tree_;
  const std::string& file_;
  Faults& faults_;
  std::map<YAML::anchor_t, YamlNode*> anchors_;
  std::vector<Level> levels_;
  bool ended_ = false;
};

/// The line of the first character that YAML does not allow as it is (YAML 1.2 §5.1); 0: none. yaml-cpp would take
/// U+0004 for the end of the text.
int LineOfControlCharacter(std::string_view text) {
  int line = 1;
  for (const char c : text) {
    if (c == '\n') ++line;
    if ((c >= 0 && c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F) return line;
  }
  return 0;
}

/// Lines of `text`; an empty one after the last newline is none, though YAML counts it.
int LinesOf(std::string_view text) {
  const auto newlines = std::count(text.begin(), text.end(), '\n');
  return std::max(1, static_cast<int>(newlines) + (text.ends_with('\n') ? 0 : 1));
}

void Parse(std::string_view text, TreeBuilder& builder) {
  std::istringstream stream{std::string(text) + std::string(kEndOfText)};
  YAML::Parser parser(stream);
  while (parser.HandleNextDocument(builder)) {
  }
}

}  // namespace

YamlTree ReadYaml(std::string_view text, const std::string& file, Faults& faults) {
  YamlTree tree;
  const auto fail = [&](int line, std::string message) {
    faults.Add({.file = file, .line = line, .pointer = {}, .secret = false}, std::move(message));
    tree.root = nullptr;
  };
  int line = 0;
  if (text.size() > kMaxYamlBytes) {
    fail(0, "is larger than " + std::to_string(kMaxYamlBytes / 1024 / 1024) + " MiB");
  } else if (!IsUtf8(text, &line)) {
    fail(line, "is not UTF-8");
  } else if ((line = LineOfControlCharacter(text)) != 0) {
    fail(line, "holds a control character; write it as an escape in double quotes");
  } else {
    TreeBuilder builder(tree, file, faults);
    try {
      Parse(text, builder);
      if (!builder.ended() || tree.root == nullptr || tree.root->kind == YamlNode::Kind::kNull) {
        fail(0, "is empty; want at least `version` and `listeners`");
      }
    } catch (const Stop& stop) {
      fail(std::min(stop.line, LinesOf(text)), stop.message);
    } catch (const YAML::Exception& exception) {
      fail(exception.mark.is_null() ? 0 : std::min(LineOf(exception.mark), LinesOf(text)),
           "YAML: " + Printable(exception.msg, 200));
    }
  }
  return tree;
}

}  // namespace sluice::config

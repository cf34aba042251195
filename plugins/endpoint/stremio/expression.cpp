// SPDX-License-Identifier: MIT
#include "expression.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <string>
#include <utility>
#include <variant>

#include "expression_tokens.hpp"

namespace sluice::plugins::stremio {
namespace {

/// What one evaluation may take: nested any(…) over long lists would take for ever.
constexpr std::size_t kMaxSteps = 50'000;
constexpr std::size_t kOctetsPerStep = 64;

using Text = std::string_view;

/// One evaluation over one record. Once it has failed, values mean nothing.
class Evaluation {
 public:
  Evaluation(const std::vector<Node>& nodes, const Record& record) : nodes_(nodes), record_(record) {}

  /// \returns  nothing: it cannot be said.
  std::optional<bool> Run() {
    const bool truth = Truth(nodes_.size() - 1);
    return failed_ ? std::nullopt : std::optional(truth);
  }

 private:
  template <typename T>
  T Fail() {
    failed_ = true;
    return T();
  }
  void Step(std::size_t count = 1) {
    steps_ += count;
    if (steps_ > kMaxSteps) failed_ = true;
  }

  bool Truth(std::size_t place) {
    const auto value = Eval(place);
    const auto* const truth = std::get_if<bool>(&value);
    return truth == nullptr ? Fail<bool>() : *truth;
  }

  Value Eval(std::size_t place) {
    const auto& node = nodes_[place];
    Step();
    if (failed_) return {};
    switch (node.op) {
      case Op::kNil:
        return {};
      case Op::kTruth:
        return node.number != 0;
      case Op::kNumber:
        return node.number;
      case Op::kText:
        return Text{node.text};
      case Op::kTexts:
        return std::span<const std::string>(node.texts);
      case Op::kNumbers:
        return std::span<const double>(node.numbers);
      case Op::kField:
        return record_.Get(node.field);
      case Op::kElement:
        return element_;
      case Op::kNot:
        return !Truth(node.args[0]);
      case Op::kAnd:
      case Op::kOr:
        return Chain(node);
      case Op::kChoice:
        return Eval(node.args[Truth(node.args[0]) ? 1 : 2]);
      case Op::kLen:
        return Length(Eval(node.args[0]));
      case Op::kLower:
        return Lower(Eval(node.args[0]));
      case Op::kAny:
      case Op::kAll:
      case Op::kNone:
        return Each(node);
      default:
        return Compare(node);
    }
  }

  /// Stops at the first that decides: what is behind it need not make sense.
  bool Chain(const Node& node) {
    const bool decisive = node.op == Op::kOr;
    for (const auto arg : node.args)
      if (Truth(arg) == decisive || failed_) return decisive;
    return !decisive;
  }

  Value Length(const Value& value) {
    if (const auto* const text = std::get_if<Text>(&value)) {
      Step(text->size() / kOctetsPerStep);
      double characters = 0;
      for (auto rest = *text; !rest.empty(); ++characters) sdk::TakeCharacter(rest);
      return characters;
    }
    std::size_t size = 0;
    if (!Visit(value, [&](const Value&) { return ++size != 0; })) return Fail<Value>();
    return static_cast<double>(size);
  }

  Value Lower(const Value& value) {
    const auto* const text = std::get_if<Text>(&value);
    if (text == nullptr) return Fail<Value>();
    Step(text->size() / kOctetsPerStep);
    return Text(made_.emplace_back(sdk::LowerCase(*text)));
  }

  /// Shows the elements of a list until `show` answers false. \returns  false: it is no list.
  template <typename Show>
  bool Visit(const Value& list, Show show) {
    const auto visit = [&](const auto& elements, auto to_value) {
      for (const auto& element : elements) {
        Step();
        if (failed_ || !show(Value(to_value(element)))) break;
      }
      return true;
    };
    const auto number = [](auto n) { return static_cast<double>(n); };
    if (const auto* const texts = std::get_if<std::span<const std::string>>(&list))
      return visit(*texts, [](const std::string& text) { return Text{text}; });
    if (const auto* const whole = std::get_if<std::span<const int>>(&list)) return visit(*whole, number);
    if (const auto* const numbers = std::get_if<std::span<const double>>(&list)) return visit(*numbers, number);
    return false;
  }

  bool Each(const Node& node) {
    const auto list = Eval(node.args[0]);
    const auto outer = element_;
    const bool looked_for = node.op != Op::kAll;
    bool found = false;
    const bool is_list = Visit(list, [&](const Value& element) {
      element_ = element;
      found = Truth(node.args[1]) == looked_for;
      return !found;
    });
    element_ = outer;
    if (!is_list) return Fail<bool>();
    return node.op == Op::kAny ? found : !found;
  }

  bool Compare(const Node& node) {
    const auto left = Eval(node.args[0]);
    const auto right = Eval(node.args[1]);
    if (failed_) return false;
    switch (node.op) {
      case Op::kEqual:
        return Equal(node.rank, left, right);
      case Op::kUnequal:
        return !Equal(node.rank, left, right);
      case Op::kIn:
        return In(node.rank, left, right);
      case Op::kNotIn:
        return !In(node.rank, left, right);
      case Op::kContains:
      case Op::kStartsWith:
      case Op::kEndsWith:
        return Holds(node.op, left, right);
      default:
        return Ordered(node, left, right);
    }
  }

  /// A number, or what a text stands for. Nothing: it is neither.
  static std::optional<double> Ranked(Rank rank, const Value& value) {
    if (const auto* const number = std::get_if<double>(&value)) return *number;
    const auto* const text = std::get_if<Text>(&value);
    return text == nullptr ? std::nullopt : RankOf(rank, *text);
  }

  bool Equal(Rank rank, const Value& left, const Value& right) {
    Step();
    if (std::holds_alternative<std::monostate>(left) || std::holds_alternative<std::monostate>(right))
      return left.index() == right.index();
    const auto* const a = std::get_if<Text>(&left);
    const auto* const b = std::get_if<Text>(&right);
    if (rank != Rank::kNone) {
      if (a != nullptr && b != nullptr && sdk::EqualsIgnoreCase(*a, *b)) return true;
      const auto x = Ranked(rank, left);
      const auto y = Ranked(rank, right);
      if (!x || !y) return Fail<bool>();
      return *x == *y && (*x != 0 || (a == nullptr && b == nullptr));
    }
    if (a != nullptr && b != nullptr) return *a == *b;
    if (left.index() != right.index()) return Fail<bool>();
    if (const auto* const number = std::get_if<double>(&left)) return *number == std::get<double>(right);
    if (const auto* const truth = std::get_if<bool>(&left)) return *truth == std::get<bool>(right);
    return Fail<bool>();
  }

  bool In(Rank rank, const Value& sought, const Value& list) {
    bool found = false;
    const bool is_list = Visit(list, [&](const Value& element) {
      found = Equal(rank, sought, element);
      return !found;
    });
    return is_list ? found : Fail<bool>();
  }

  bool Holds(Op op, const Value& whole, const Value& sought) {
    const auto* const text = std::get_if<Text>(&whole);
    const auto* const part = std::get_if<Text>(&sought);
    if (text == nullptr && op == Op::kContains) return In(Rank::kNone, sought, whole);
    if (text == nullptr || part == nullptr) return Fail<bool>();
    Step((text->size() + part->size()) / kOctetsPerStep);
    if (op == Op::kStartsWith) return text->starts_with(*part);
    if (op == Op::kEndsWith) return text->ends_with(*part);
    return text->find(*part) != Text::npos;
  }

  bool Ordered(const Node& node, const Value& left, const Value& right) {
    const auto* const a = std::get_if<Text>(&left);
    const auto* const b = std::get_if<Text>(&right);
    if (node.rank == Rank::kNone && a != nullptr && b != nullptr) return Decide(node.op, *a, *b);
    const bool numbers = std::holds_alternative<double>(left) && std::holds_alternative<double>(right);
    if (node.rank == Rank::kNone && !numbers) return Fail<bool>();
    const auto x = Ranked(node.rank, left);
    const auto y = Ranked(node.rank, right);
    return x && y ? Decide(node.op, *x, *y) : Fail<bool>();
  }

  template <typename T>
  static bool Decide(Op op, const T& a, const T& b) {
    switch (op) {
      case Op::kLess:
        return a < b;
      case Op::kLessEqual:
        return a <= b;
      case Op::kGreater:
        return a > b;
      default:
        return a >= b;
    }
  }

  const std::vector<Node>& nodes_;
  const Record& record_;
  Value element_;
  std::deque<std::string> made_;  ///< What values look into.
  std::size_t steps_ = 0;
  bool failed_ = false;
};

}  // namespace

sdk::Result<Filter> Filter::Compile(std::string_view source) {
  if (source.size() > kMaxSourceBytes)
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "filter: is too long; want at most 4096 octets"};
  if (sdk::TrimSpace(source).empty()) return Filter({});
  auto nodes = ParseExpression(source);
  if (!nodes) return std::move(nodes).error();
  return Filter(*std::move(nodes));
}

bool Filter::Keeps(const Record& record) const {
  return nodes_.empty() || Evaluation(nodes_, record).Run().value_or(true);
}

}  // namespace sluice::plugins::stremio

// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "expression_nodes.hpp"
#include "expression_tokens.hpp"

namespace sluice::plugins::stremio {
namespace {

constexpr int kMaxNesting = 64;

struct Operator {
  std::string_view text;
  Op op;
};

constexpr Operator kComparisons[] = {{"==", Op::kEqual},
                                     {"!=", Op::kUnequal},
                                     {"<", Op::kLess},
                                     {"<=", Op::kLessEqual},
                                     {">", Op::kGreater},
                                     {">=", Op::kGreaterEqual},
                                     {"in", Op::kIn},
                                     {"contains", Op::kContains},
                                     {"startsWith", Op::kStartsWith},
                                     {"endsWith", Op::kEndsWith}};

constexpr Operator kFunctions[] = {
    {"len", Op::kLen}, {"lower", Op::kLower}, {"any", Op::kAny}, {"all", Op::kAll}, {"none", Op::kNone}};

std::optional<Op> Find(std::span<const Operator> table, std::string_view text) {
  const auto found = std::ranges::find(table, text, &Operator::text);
  return found == table.end() ? std::nullopt : std::optional(found->op);
}

bool IsOrdering(Op op) { return op >= Op::kLess && op <= Op::kGreaterEqual; }

class Parser {
 public:
  Parser(std::string_view source, std::vector<Token> tokens) : source_(source), tokens_(std::move(tokens)) {}

  sdk::Result<std::vector<Node>> Run() {
    const auto root = Choice();
    if (!root) return root.error();
    if (token().kind != Token::Kind::kEnd) return Fault("an operator, or the end");
    if (auto truth = CheckTruth(*root); !truth) return std::move(truth).error();
    return std::move(nodes_);
  }

 private:
  using Place = sdk::Result<std::size_t>;

  /// One level of nesting for as long as it lives.
  class Level {
   public:
    explicit Level(int& depth) : depth_(++depth) {}
    ~Level() { --depth_; }

   private:
    int& depth_;
  };

  const Token& token() const { return tokens_[next_]; }
  sdk::Error Fault(std::string_view wanted) const { return ExpressionFault(source_, token().at, wanted); }

  bool Take(std::string_view sign) {
    if (!token().Is(sign)) return false;
    ++next_;
    return true;
  }
  bool TakeEither(std::string_view sign, std::string_view word) {
    if (!token().Is(sign) && !token().IsWord(word)) return false;
    ++next_;
    return true;
  }

  std::size_t Add(Node node) {
    nodes_.push_back(std::move(node));
    return nodes_.size() - 1;
  }

  /// Whether a node can be true or false at all.
  bool MayBeTruth(std::size_t place) const {
    const auto& node = nodes_[place];
    if (node.op == Op::kChoice) return MayBeTruth(node.args[1]) && MayBeTruth(node.args[2]);
    if (node.op == Op::kField)
      return node.field == Field::kIsPrivate || node.field == Field::kStoreIsCached ||
             node.field == Field::kStoreIsProxied;
    return node.op == Op::kTruth || (node.op >= Op::kNot && node.op != Op::kLen && node.op != Op::kLower);
  }
  sdk::Status CheckTruth(std::size_t place) const {
    if (MayBeTruth(place)) return sdk::Ok();
    return ExpressionFault(source_, nodes_[place].at, "what is true or false, such as a comparison");
  }

  /// `condition ? this : that`, or less.
  Place Choice() {
    const Level level(depth_);
    if (depth_ > kMaxNesting) return Fault("less nesting");
    auto condition = Or();
    if (!condition) return condition;
    const auto at = token().at;
    if (!Take("?")) return condition;
    if (auto truth = CheckTruth(*condition); !truth) return std::move(truth).error();
    auto yes = Choice();
    if (!yes) return yes;
    if (!Take(":")) return Fault(":");
    auto no = Choice();
    if (!no) return no;
    const auto rank = nodes_[*yes].rank == nodes_[*no].rank ? nodes_[*yes].rank : Rank::kNone;
    return Add({.op = Op::kChoice, .at = at, .args = {*condition, *yes, *no}, .rank = rank});
  }

  /// Operands with the same operator between them.
  Place Chain(Op op, std::string_view sign, std::string_view word, Place (Parser::*operand)()) {
    const auto at = token().at;
    auto first = (this->*operand)();
    if (!first) return first;
    Node node{.op = op, .at = at, .args = {*first}};
    while (TakeEither(sign, word)) {
      auto more = (this->*operand)();
      if (!more) return more;
      node.args.push_back(*more);
    }
    if (node.args.size() == 1) return first;
    for (const auto arg : node.args)
      if (auto truth = CheckTruth(arg); !truth) return std::move(truth).error();
    return Add(std::move(node));
  }
  Place Or() { return Chain(Op::kOr, "||", "or", &Parser::And); }
  Place And() { return Chain(Op::kAnd, "&&", "and", &Parser::Not); }

  Place Negation(std::size_t at, Place (Parser::*operand)()) {
    const Level level(depth_);
    if (depth_ > kMaxNesting) return Fault("less nesting");
    auto inner = (this->*operand)();
    if (!inner) return inner;
    if (auto truth = CheckTruth(*inner); !truth) return std::move(truth).error();
    return Add({.op = Op::kNot, .at = at, .args = {*inner}});
  }
  Place Not() {
    const auto at = token().at;
    if (!token().IsWord("not")) return Comparison();
    ++next_;
    return Negation(at, &Parser::Not);
  }

  std::optional<Op> TakeComparison() {
    const auto& now = token();
    if (now.IsWord("not") && tokens_[next_ + 1].IsWord("in")) {
      next_ += 2;
      return Op::kNotIn;
    }
    if (now.kind != Token::Kind::kSign && now.kind != Token::Kind::kName) return std::nullopt;
    const auto op = Find(kComparisons, now.text);
    if (op) ++next_;
    return op;
  }

  Place Comparison() {
    auto left = Unary();
    if (!left) return left;
    const auto at = token().at;
    if (token().IsWord("matches")) return Fault("contains, startsWith or endsWith; matches is not supported");
    const auto op = TakeComparison();
    if (!op) return left;
    auto right = Unary();
    if (!right) return right;
    Node node{.op = *op, .at = at, .args = {*left, *right}};
    node.rank = nodes_[*left].rank != Rank::kNone ? nodes_[*left].rank : nodes_[*right].rank;
    for (const auto arg : node.args)
      if (auto rank = CheckRank(node, nodes_[arg]); !rank) return std::move(rank).error();
    if (TakeComparison())
      return ExpressionFault(source_, tokens_[next_ - 1].at, "&&, || or the end behind a comparison");
    return Add(std::move(node));
  }

  /// A literal beside what compares by rank has one: "fast" is no resolution.
  sdk::Status CheckRank(const Node& comparison, const Node& literal) const {
    const bool is_equality = comparison.op == Op::kEqual || comparison.op == Op::kUnequal || comparison.op == Op::kIn ||
                             comparison.op == Op::kNotIn;
    if (comparison.rank == Rank::kNone || (!is_equality && !IsOrdering(comparison.op))) return sdk::Ok();
    const auto fits = [&](const std::string& text) {
      const auto rank = RankOf(comparison.rank, text);
      return rank && (is_equality || *rank > 0 || comparison.rank == Rank::kSize);
    };
    const bool good = (literal.op != Op::kText || fits(literal.text)) &&
                      (literal.op != Op::kTexts || std::ranges::all_of(literal.texts, fits));
    if (good) return sdk::Ok();
    constexpr std::array<std::string_view, 4> kWanted{"", R"(a resolution such as "1080p")",
                                                      R"(a quality such as "WEB-DL")", R"(a size such as "20GB")"};
    return ExpressionFault(source_, literal.at, kWanted[static_cast<std::size_t>(comparison.rank)]);
  }

  Place Unary() {
    const auto at = token().at;
    if (Take("!")) return Negation(at, &Parser::Unary);
    if (!Take("-")) return Primary();
    if (token().kind != Token::Kind::kNumber) return Fault("a number");
    return Add({.op = Op::kNumber, .at = at, .number = -tokens_[next_++].number});
  }

  Place Primary() {
    const auto& now = token();
    switch (now.kind) {
      case Token::Kind::kNumber:
        ++next_;
        return Add({.op = Op::kNumber, .at = now.at, .number = now.number});
      case Token::Kind::kText:
        ++next_;
        return Add({.op = Op::kText, .at = now.at, .text = now.text});
      case Token::Kind::kName:
        return Name();
      default:
        break;
    }
    if (now.Is("[")) return List();
    if (now.Is("#")) {
      if (predicates_ == 0) return Fault("# inside any, all or none only");
      ++next_;
      return Add({.op = Op::kElement, .at = now.at});
    }
    if (!Take("(")) return Fault("a field, a literal or (");
    auto inner = Choice();
    if (!inner) return inner;
    if (!Take(")")) return Fault(")");
    return inner;
  }

  Place Name() {
    const auto& now = token();
    if (const auto function = Find(kFunctions, now.text); function && tokens_[next_ + 1].Is("("))
      return Call(*function);
    if (now.text == "true" || now.text == "false" || now.text == "nil") {
      ++next_;
      return Add(
          {.op = now.text == "nil" ? Op::kNil : Op::kTruth, .at = now.at, .number = now.text == "true" ? 1.0 : 0.0});
    }
    const auto field = FieldOf(now.text);
    if (!field)
      return Fault(IsGroupOfFields(now.text) ? "a member, such as File.Name" : "a field, such as Title or File.Size");
    ++next_;
    return Add({.op = Op::kField, .at = now.at, .field = *field, .rank = stremio::RankOf(*field)});
  }

  Place Call(Op function) {
    Node node{.op = function, .at = token().at};
    next_ += 2;  // name and "("
    auto of = Choice();
    if (!of) return of;
    node.args.push_back(*of);
    if (function >= Op::kAny) {
      if (!Take(",")) return Fault(", and a condition");
      auto condition = Predicate();
      if (!condition) return condition;
      node.args.push_back(*condition);
    }
    if (!Take(")")) return Fault(")");
    return Add(std::move(node));
  }

  Place Predicate() {
    const bool braces = Take("{");
    ++predicates_;
    auto condition = Choice();
    --predicates_;
    if (!condition) return condition;
    if (auto truth = CheckTruth(*condition); !truth) return std::move(truth).error();
    if (braces && !Take("}")) return Fault("}");
    return condition;
  }

  Place List() {
    Node node{.op = Op::kTexts, .at = token().at};
    ++next_;
    while (!Take("]")) {
      if (!(node.texts.empty() && node.numbers.empty()) && !Take(",")) return Fault(", or ]");
      const bool negative = Take("-");
      const auto& now = token();
      const bool is_number = now.kind == Token::Kind::kNumber;
      if ((!is_number && (negative || now.kind != Token::Kind::kText)) ||
          (is_number ? !node.texts.empty() : !node.numbers.empty()))
        return Fault("a text in a list of texts, or a number in a list of numbers");
      if (is_number)
        node.numbers.push_back(negative ? -now.number : now.number);
      else
        node.texts.push_back(now.text);
      ++next_;
    }
    if (!node.numbers.empty()) node.op = Op::kNumbers;
    return Add(std::move(node));
  }

  std::string_view source_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::vector<Node> nodes_;
  int depth_ = 0;
  int predicates_ = 0;
};

}  // namespace

sdk::Result<std::vector<Node>> ParseExpression(std::string_view source) {
  auto tokens = Tokens(source);
  if (!tokens) return std::move(tokens).error();
  return Parser(source, *std::move(tokens)).Run();
}

}  // namespace sluice::plugins::stremio

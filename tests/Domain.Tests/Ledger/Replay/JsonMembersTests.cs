using System.Text;
using System.Text.Json;
using CsCheck;
using SurveillanceRegistry.Domain.Ledger.Replay;

namespace SurveillanceRegistry.Domain.Tests.Ledger.Replay;

/// <summary>The quick comparison of two JSON objects.</summary>
public sealed class JsonMembersTests
{
    [Theory]
    [InlineData("{}", "{ }")]
    [InlineData("""{"a":1,"b":"x"}""", """{"b": "x", "a": 1}""")]
    [InlineData("""{"a":["video","audio"]}""", """{"a": ["video", "audio"]}""")]
    [InlineData("""{"a":["a b","c\" d"]}""", """{"a": ["a b", "c\" d"]}""")]
    [InlineData("""{"a":{"b":null,"c":true}}""", """{"a": {"b": null, "c": true}}""")]
    public void Members_in_another_order_and_layout_are_equal(string one, string other) => Assert.True(AreSurelyEqual(one, other));

    [Theory]
    [InlineData("""{"a":1}""", """{"a": 2}""")]
    [InlineData("""{"a":1}""", """{"b": 1}""")]
    [InlineData("""{"a":1}""", "{}")]
    [InlineData("{}", """{"a": 1}""")]
    [InlineData("""{"a":1,"b":2}""", """{"a": 1, "a": 1}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a": 1, "b": 2}""")]
    [InlineData("""{"a":["video"]}""", """{"a": ["video", "audio"]}""")]
    [InlineData("""{"a":["a b"]}""", """{"a": ["ab"]}""")]
    [InlineData("""{"a":["\" ","b"]}""", """{"a": ["\"","b"]}""")]
    [InlineData("""{"a":"x"}""", """{"a": "x", "b": null}""")]
    [InlineData("[1]", "[1]")]
    public void Objects_that_differ_are_never_equal(string one, string other) => Assert.False(AreSurelyEqual(one, other));

    [Theory]
    [InlineData("""{"a":1}""", """{"a": 1} x""")]
    [InlineData("""{"a":1}""", """{"a": 1""")]
    public void What_is_no_JSON_is_refused(string one, string other) => Assert.ThrowsAny<JsonException>(() => AreSurelyEqual(one, other));

    [Fact]
    public void No_two_objects_are_equal_unless_the_full_comparison_says_so() =>
        Gen.Select(Objects, Objects)
            .Sample(pair =>
            {
                using var one = JsonDocument.Parse(pair.Item1);
                using var other = JsonDocument.Parse(pair.Item2);
                Assert.True(!AreSurelyEqual(pair.Item1, pair.Item2) || JsonElement.DeepEquals(one.RootElement, other.RootElement));
            });

    private static readonly string[] Names = ["a", "b", "\\u0061"],
        Values = ["1", "1.0", "\"x\"", "[\"x\",\"y\"]", "[\"x\", \"y\"]", "{\"a\":1}", "null"];

    /// <summary>Small objects of few names and values, so that many are nearly equal.</summary>
    private static Gen<string> Objects =>
        Gen.Select(Gen.Int[0, Names.Length - 1], Gen.Int[0, Values.Length - 1])
            .Array[0, 3]
            .Select(members => $"{{{string.Join(',', members.Select(member => $"\"{Names[member.Item1]}\":{Values[member.Item2]}"))}}}");

    private static bool AreSurelyEqual(string one, string other) =>
        JsonMembers.AreSurelyEqual(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}

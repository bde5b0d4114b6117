using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Changes.Merging;

namespace SurveillanceRegistry.Domain.Tests.Changes.Merging;

/// <summary>Two edits of one list at once: additions and removals of both are kept, a rewritten item is decided by its author.</summary>
public sealed class ListMergeTests
{
    [Theory]
    [InlineData("1,2", "1,2,3", "1,2,4", "1,2,4,3")] // Both added.
    [InlineData("1,2", "1", "1,2,4", "1,4")]
    [InlineData("1,2", "1,2,3", "2", "2,3")]
    [InlineData("1,2,3", "1,3", "1,2", "1")] // Both took one away.
    [InlineData("1,2", "1,2,3", "1,2,3", "1,2,3")]
    [InlineData("1,2", "1,3", "1,2,4", "1,4,3")]
    public void Additions_and_removals_of_both_sides_are_kept(string from, string mine, string theirs, string merged) =>
        Assert.Equal(merged, Text(ListMerge.Merge(List(from), List(mine), List(theirs))));

    [Theory]
    [InlineData("1,2", "1,3", "1,4")] // Each may have rewritten 2.
    [InlineData("1,2", "2,1", "1,2,3")] // The order was changed.
    [InlineData("1,2", "1,2,2", "1,2,3")]
    public void A_list_that_may_be_rewritten_is_left_to_its_author(string from, string mine, string theirs) =>
        Assert.Null(ListMerge.Merge(List(from), List(mine), List(theirs)));

    [Fact]
    public void Items_with_members_are_known_by_their_names()
    {
        var from = Subjects(("a", "x"));
        Assert.Equal(3, ListMerge.Merge(from, Subjects(("a", "x"), ("b", "x")), Subjects(("c", "x"), ("a", "x")))!.Count);
        Assert.Null(ListMerge.Merge(from, Subjects(("a", "y")), Subjects(("a", "x"), ("c", "x"))));
        Assert.Null(ListMerge.Merge(from, Subjects(("a", "x"), ("b", "x")), Subjects(("a", "x"), ("b", "y"))));
        Assert.Null(ListMerge.Merge(null, from, from));
    }

    private static JsonArray List(string items) => [.. items.Split(',').Select(item => (JsonNode?)item)];

    private static string? Text(JsonArray? list) => list is null ? null : string.Join(',', list.Select(item => item!.ToString()));

    private static JsonArray Subjects(params (string Name, string Why)[] subjects) =>
        [.. subjects.Select(subject => (JsonNode?)new JsonObject { ["name"] = subject.Name, ["why"] = subject.Why })];
}

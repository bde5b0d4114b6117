using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SurveillanceRegistry.Domain.Tests.Architecture;

/// <summary>A result that was never set must not say that all is well.</summary>
public sealed class ResultEnumTests
{
    /// <summary>
    /// The enums with which one part of the program answers another, and the cautious member of each. Enums of the law and of devices stand
    /// in documents as words: there a missing word is refused (<see cref="JsonTests"/>).
    /// </summary>
    private static readonly Dictionary<string, string> CautiousMembers = new()
    {
        ["WriteResult"] = "Failed",
        ["SecondFactorCheck"] = "Wrong",
        ["AccountStep"] = "ChangePassword",
        ["ChangeResult"] = "OwnershipLost",
        ["HeartbeatOrder"] = "Late",
        ["TopicDecision"] = "RefuseUnread",
        ["TopicClass"] = "Foreign",
        ["IngestState"] = "Blind",
        ["PostmasterReply"] = "None",
        ["PresenceState"] = "Unknown",
        ["SessionEnd"] = "ConnectionLost",
        ["Availability"] = "NotSaid",
        ["VendorRefusal"] = "Forbidden",
        ["PublishRejection"] = "Shape",
        ["PacketCheckResult"] = "Malformed",
    };

    [Fact]
    public void The_zero_value_of_a_result_is_its_cautious_member()
    {
        var enums = (
            from file in SourceTree.Files
            where file.Path.StartsWith("src/", StringComparison.Ordinal)
            from declared in file.Syntax.DescendantNodes().OfType<EnumDeclarationSyntax>()
            where CautiousMembers.ContainsKey(declared.Identifier.Text)
            select declared
        ).ToDictionary(declared => declared.Identifier.Text);
        Assert.Equal(CautiousMembers.Keys.Order(), enums.Keys.Order());
        Assert.All(CautiousMembers, cautious => Assert.Equal(cautious.Value, ZeroOf(enums[cautious.Key])));
    }

    /// <summary>The member whose value is 0: the first, unless it has a value of its own.</summary>
    private static string ZeroOf(EnumDeclarationSyntax declared)
    {
        var first = declared.Members[0];
        Assert.Contains(first.EqualsValue?.Value.ToString() ?? "0", (string[])["0"]);
        return first.Identifier.Text;
    }
}

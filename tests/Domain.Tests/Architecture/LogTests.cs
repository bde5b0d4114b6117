using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SurveillanceRegistry.Domain.Tests.Architecture;

/// <summary>Readers of the server's log need no role, so that it names no single mobile device.</summary>
public sealed partial class LogTests
{
    /// <summary>Placeholders whose value could be the id of a mobile device.</summary>
    private static readonly string[] Forbidden = ["Device", "DeviceId", "Client", "ClientId", "Id", "Unit", "Holder", "Session", "Sender"];

    [Fact]
    public void A_log_message_has_no_placeholder_for_the_id_of_a_device_or_client() =>
        SourceTree.AssertNone(
            from call in LogCalls()
            from name in call.Placeholders
            where Forbidden.Contains(name)
            select $"{call.Where}: {{{name}}}: use LogName, the partition, or FixedDevice for a device of a place"
        );

    [Fact]
    public void A_log_name_comes_from_the_rule_for_log_names() =>
        SourceTree.AssertNone(
            from call in LogCalls()
            where call.Placeholders.Contains("LogName") && !call.Arguments.Contains("LogName", StringComparison.Ordinal)
            select $"{call.Where}: {{LogName}} without LogName.Of"
        );

    [Fact]
    public void Only_a_place_names_its_devices_which_are_fixed() =>
        SourceTree.AssertNone(
            from call in LogCalls()
            where call.Placeholders.Contains("FixedDevice") && !call.Where.StartsWith("src/Grains/Places/", StringComparison.Ordinal)
            select call.Where
        );

    private static IEnumerable<(string Where, string[] Placeholders, string Arguments)> LogCalls() =>
        from file in SourceTree.Files
        where file.Path.StartsWith("src/", StringComparison.Ordinal)
        from call in file.Syntax.DescendantNodes().OfType<InvocationExpressionSyntax>()
        where call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: var name } && LogMethod().IsMatch(name)
        let texts = call.ArgumentList.DescendantNodes().OfType<LiteralExpressionSyntax>().Select(text => text.Token.ValueText)
        select (
            $"{file.Path}:{call.GetLocation().GetLineSpan().StartLinePosition.Line + 1}",
            texts.SelectMany(text => Placeholder().Matches(text)).Select(match => match.Groups[1].Value).ToArray(),
            string.Join(
                ' ',
                call.ArgumentList.Arguments.Select(argument => argument.ToString())
                    .Where(argument => !argument.Contains('"', StringComparison.Ordinal))
            )
        );

    [GeneratedRegex("^Log(Trace|Debug|Information|Warning|Error|Critical)$")]
    private static partial Regex LogMethod();

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Placeholder();
}

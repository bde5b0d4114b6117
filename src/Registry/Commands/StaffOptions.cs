using System.Collections.Immutable;
using System.CommandLine;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>What the commands for staff and for tokens share.</summary>
internal static class StaffOptions
{
    private static string AllRoles => string.Join(", ", Enum.GetValues<Role>().Select(Json.Word));

    public static Option<string[]> Roles { get; } = new("--role") { Description = $"A role; may be given several times: {AllRoles}." };

    /// <summary>Reads the roles. Throws <see cref="UsageException"/> if there is none, or for a word that is no role.</summary>
    public static ImmutableArray<Role> ReadRoles(ParseResult arguments)
    {
        var words = arguments.GetValue(Roles) ?? [];
        if (words.Length == 0)
            throw new UsageException($"No role is given: --role is one of {AllRoles}.");
        return
        [
            .. words.Select(word =>
                Json.TryWord<Role>(word, out var role)
                    ? role
                    : throw new UsageException($"'{word}' is no role: expected one of {AllRoles}.")
            ),
        ];
    }

    /// <summary>Throws <see cref="UsageException"/> with the sentence of a refusal, if there is one.</summary>
    public static void Must(Refusal? refusal)
    {
        if (refusal is not null)
            throw new UsageException(refusal.Where is { } where ? $"{where}: {refusal.Sentence}" : refusal.Sentence);
    }
}

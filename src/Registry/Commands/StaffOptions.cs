using System.Collections.Immutable;
using System.CommandLine;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>What the commands for staff and for tokens share.</summary>
internal static class StaffOptions
{
    public const int MaxNameLength = 120;

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

    /// <summary>Throws <see cref="UsageException"/> for a text that is empty or too long.</summary>
    public static void MustFit(string name, string text, int maxLength)
    {
        if (text.Trim().Length == 0 || text.Length > maxLength)
            throw new UsageException($"{name} has {text.Trim().Length} characters: expected 1 to {maxLength}.");
    }
}

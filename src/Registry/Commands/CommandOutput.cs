using System.CommandLine;
using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Files;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>Prints the results of commands: sentences, or JSON if the user asked for it. The methods return exit codes.</summary>
internal static class CommandOutput
{
    public static Option<bool> AsJson { get; } = new("--json") { Description = "Answer in JSON." };

    /// <summary>Prints the problems of files. Returns 0 if there are none, otherwise 1.</summary>
    public static int Problems(IReadOnlyCollection<FileProblem> problems, bool asJson)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(new { problems }, Json.Options));
        }
        else
        {
            foreach (var problem in problems)
                Console.Error.WriteLine(problem);
            Console.Out.WriteLine(problems.Count == 0 ? "No problems." : $"{problems.Count} problems.");
        }

        return problems.Count == 0 ? 0 : 1;
    }

    /// <summary>Prints a result as text, or the same as JSON. Returns 0.</summary>
    public static int Done(object value, string text, bool asJson)
    {
        Console.Out.WriteLine(asJson ? JsonSerializer.Serialize(value, Json.Options) : text);
        return 0;
    }

    /// <summary>Prints why the command was not done. Returns 1.</summary>
    public static async Task<int> RefusedAsync(string sentence)
    {
        await Console.Error.WriteLineAsync(sentence);
        return 1;
    }
}

using System.CommandLine;
using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Files;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>How verbs answer: sentences, or JSON when asked for.</summary>
internal static class CommandOutput
{
    public static Option<bool> AsJson { get; } = new("--json") { Description = "Answer in JSON." };

    /// <summary>Prints problems; 0 when there are none, 1 otherwise.</summary>
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

    /// <summary>Prints what was done: a sentence, or the same as JSON.</summary>
    public static int Done(object value, string sentence, bool asJson)
    {
        Console.Out.WriteLine(asJson ? JsonSerializer.Serialize(value, Json.Options) : sentence);
        return 0;
    }
}

using System.CommandLine;
using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Files;

namespace SurveillanceRegistry.Registry.Verbs;

/// <summary><c>registry policies check PATH</c>: reads governance files and lists every problem; touches nothing.</summary>
internal static class CheckPolicies
{
    public static Command Verb()
    {
        var path = new Argument<string?>("path") { Description = "The folder of governance files.", DefaultValueFactory = _ => null };
        var check = new Command("check", "Validate governance files: every problem with file, line and what was expected.") { path, Answers.AsJson };
        check.SetAction(command =>
        {
            var folder = Path.GetFullPath(command.GetValue(path) ?? Settings.Read([]).Policies);
            if (!Directory.Exists(folder))
                throw new WrongUsage($"There is no folder '{folder}': name the folder that holds city.yaml.");
            return Answers.Problems(PolicyFiles.Read(folder).Problems, command.GetValue(Answers.AsJson));
        });
        return new Command("policies", "The governance table as files.") { check };
    }
}

/// <summary>How verbs answer: sentences, or JSON when asked for.</summary>
internal static class Answers
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
}

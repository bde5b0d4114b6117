using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Commands.Init;

/// <summary>Asks at a terminal for what was not given as an option.</summary>
/// <param name="input">The terminal; null when there is none, and every question names the option that is missing.</param>
/// <param name="output">Where the questions stand.</param>
internal sealed class InitQuestions(TextReader? input, TextWriter output)
{
    /// <summary>Asks until there is an answer. Throws <see cref="UsageException"/> when there is no terminal.</summary>
    public string Required(string question, string option)
    {
        while (true)
        {
            if (input is null)
                throw new UsageException($"{option} is missing. 'registry init --help' lists what a city needs.");
            if (Optional(question) is { Length: > 0 } answer)
                return answer;
        }
    }

    /// <summary>Asks once; null when there is no terminal.</summary>
    public string? Optional(string question)
    {
        if (input is null)
            return null;
        output.Write(question + ": ");
        return (
            input.ReadLine() ?? throw new UsageException("The input ended before every question was answered: nothing was made.")
        ).Trim();
    }

    /// <summary>Asks for at least one answer, until an empty one.</summary>
    public string[] Several(string question, string option)
    {
        var answers = new List<string> { Required(question, option) };
        while (Optional(question) is { Length: > 0 } answer)
            answers.Add(answer);
        return [.. answers];
    }
}

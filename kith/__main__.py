from kith.config.command import main

main()
